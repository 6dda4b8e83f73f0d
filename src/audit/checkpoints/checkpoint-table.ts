import type { ClientBase, Pool } from 'pg'
import type { Checkpoint } from './checkpoint.js'

const COLUMNS = `ordinal, encode(hash, 'hex') as hash, encode(tree_head, 'hex') as "treeHead", at, kid, encode(signature, 'hex') as signature`

type Row = Omit<Checkpoint, 'ordinal'> & { ordinal: string }

async function select(db: Pool | ClientBase, clauses: string, values: unknown[] = []): Promise<Checkpoint[]> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from public.audit_checkpoints ${clauses}`, values)
  return rows.map((row) => ({ ...row, ordinal: Number(row.ordinal) }))
}

export const lastCheckpoint = async (db: Pool | ClientBase): Promise<Checkpoint | null> =>
  (await select(db, 'order by ordinal desc limit 1'))[0] ?? null

/** The first one that covers an entry. */
export const checkpointCovering = async (db: Pool | ClientBase, ordinal: number): Promise<Checkpoint | null> =>
  (await select(db, 'where ordinal >= $1 order by ordinal limit 1', [ordinal]))[0] ?? null

/** The first one that covers an entry and is stored outside. */
export const anchoredCheckpointCovering = async (db: Pool | ClientBase, ordinal: number): Promise<Checkpoint | null> =>
  (
    await select(
      db,
      'where ordinal = (select ordinal from public.audit_anchors where ordinal >= $1 order by ordinal limit 1)',
      [ordinal],
    )
  )[0] ?? null

/** Newest first. */
export const checkpointsBefore = (db: Pool | ClientBase, ordinal: number, limit: number): Promise<Checkpoint[]> =>
  select(db, 'where ordinal < $1 order by ordinal desc limit $2', [ordinal, limit])

/** In order. */
export const checkpointsAfter = (db: Pool | ClientBase, ordinal: number, limit: number): Promise<Checkpoint[]> =>
  select(db, 'where ordinal > $1 order by ordinal limit $2', [ordinal, limit])

export async function insertCheckpoint(tx: ClientBase, checkpoint: Checkpoint): Promise<void> {
  const { ordinal, hash, treeHead, at, kid, signature } = checkpoint
  await tx.query(
    `insert into public.audit_checkpoints (ordinal, hash, tree_head, at, kid, signature)
     values ($1, decode($2, 'hex'), decode($3, 'hex'), $4, $5, decode($6, 'hex'))`,
    [ordinal, hash, treeHead, at, kid, signature],
  )
}
