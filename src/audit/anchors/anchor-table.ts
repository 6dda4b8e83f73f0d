import type { ClientBase, Pool } from 'pg'

/** A checkpoint was stored outside. */
export interface Anchor {
  /** Of the checkpoint. */
  ordinal: number
  /** The name of the target. */
  target: string
  /** ISO-8601, UTC. */
  at: string
  /** The answer of a time-stamp authority, in base64 of its DER; null for other targets. */
  proof: string | null
}

const COLUMNS = `ordinal, target, at, encode(proof, 'base64') as proof`

type Row = Omit<Anchor, 'ordinal'> & { ordinal: string }

const toAnchor = (row: Row): Anchor => ({
  ...row,
  ordinal: Number(row.ordinal),
  proof: row.proof?.replaceAll('\n', '') ?? null,
})

/** In order of their checkpoints. */
export async function anchorsBetween(db: Pool | ClientBase, after: number, upTo: number): Promise<Anchor[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from public.audit_anchors where ordinal > $1 and ordinal <= $2 order by ordinal, target`,
    [after, upTo],
  )
  return rows.map(toAnchor)
}

export async function insertAnchor(pool: Pool, { ordinal, target, at }: Omit<Anchor, 'proof'>, proof: Buffer | null) {
  await pool.query(
    'insert into public.audit_anchors (ordinal, target, at, proof) values ($1, $2, $3, $4) on conflict do nothing',
    [ordinal, target, at, proof],
  )
}
