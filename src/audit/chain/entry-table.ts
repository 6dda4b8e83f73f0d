import type { ClientBase, Pool } from 'pg'
import type { Position, RecordedEvent } from '../../eventstore/event-log.js'
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

/** Of events, by their position; those that the chain does not have yet are left out. */
export async function ordinalsOf(
  db: Pool,
  events: readonly Pick<RecordedEvent, 'stream' | 'version' | 'position'>[],
): Promise<ReadonlyMap<Position, number>> {
  const { rows } = await db.query<{ ordinal: string; position: Position }>({
    name: 'audit-chain-ordinals',
    text: `select e.position, c.ordinal from unnest($1::text[], $2::int[], $3::text[]) as e (stream, version, position)
           cross join lateral (
             select ordinal from public.audit_chain where stream collate "C" = e.stream and version = e.version
             order by ordinal limit 1) c`,
    values: [
      events.map(({ stream }) => stream),
      events.map(({ version }) => version),
      events.map(({ position }) => position),
    ],
  })
  return new Map(rows.map(({ ordinal, position }) => [position, Number(ordinal)]))
}

/** A stream, and the version of its last event, as far as the chain has it. */
export interface ChainStream {
  stream: string
  version: number
}

/** Those whose names begin with `prefix`, in the order of their bytes, after `after`. Each is found by a few looks at the index. */
export async function streamsFrom(db: Pool, prefix: string, after: string, limit: number): Promise<ChainStream[]> {
  const { rows } = await db.query<ChainStream>({
    name: 'audit-chain-streams',
    text: `with recursive found (stream, place) as (
             (select stream collate "C", 1 from public.audit_chain
              where stream collate "C" >= $1 and stream collate "C" > $2 order by stream collate "C" limit 1)
             union all
             select next.stream, place + 1 from found cross join lateral (
               select stream collate "C" as stream from public.audit_chain
               where stream collate "C" > found.stream order by stream collate "C" limit 1) next
             where place < $3 and starts_with(found.stream, $1))
           select stream, last.version from found cross join lateral (
             select version from public.audit_chain c where c.stream collate "C" = found.stream
             order by c.stream collate "C" desc, version desc limit 1) last
           where starts_with(stream, $1)`,
    values: [prefix, after, limit],
  })
  return rows
}
