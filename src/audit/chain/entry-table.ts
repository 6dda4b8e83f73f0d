import type { ClientBase, Pool } from 'pg'
import type { ChainRow } from './chain-rows.js'

const COLUMNS = `ordinal, stream, version, id, type, at, encode(data_digest, 'hex') as "dataDigest",
  encode(metadata_digest, 'hex') as "metadataDigest", encode(hash, 'hex') as hash, is_authentic as "isAuthentic"`

type Row = Omit<ChainRow, 'ordinal'> & { ordinal: string }

/** Entries after an ordinal, in order. */
export async function entriesAfter(db: Pool | ClientBase, ordinal: number, limit: number): Promise<ChainRow[]> {
  const { rows } = await db.query<Row>({
    name: 'audit-chain-after',
    text: `select ${COLUMNS} from public.audit_chain where ordinal > $1 order by ordinal limit $2`,
    values: [ordinal, limit],
  })
  return rows.map((row) => ({ ...row, ordinal: Number(row.ordinal) }))
}

export const entryAt = async (db: Pool | ClientBase, ordinal: number): Promise<ChainRow | null> =>
  (await entriesAfter(db, ordinal - 1, 1)).find((entry) => entry.ordinal === ordinal) ?? null

/** By ordinal; entries that the chain does not have yet are left out. */
export async function hashesOf(db: Pool, ordinals: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const { rows } = await db.query<{ ordinal: string; hash: string }>({
    name: 'audit-chain-hashes',
    text: `select ordinal, encode(hash, 'hex') as hash from public.audit_chain where ordinal = any($1)`,
    values: [ordinals],
  })
  return new Map(rows.map(({ ordinal, hash }) => [Number(ordinal), hash]))
}
