import type { KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import { inTransaction } from '../postgres/transaction.js'
import { masterKeyId, unwrapKey, wrapKey } from './key-wrap.js'

export interface RotationProgress {
  /** Keys that this run has wrapped again. */
  done: number
  /** Keys that another master key still wraps. */
  left: number
}

export interface KeyRotationDeps {
  pool: Pool
  masterKey: KeyObject
  /** By which keys may be wrapped that are not wrapped by `masterKey` yet. */
  acceptedKeys: readonly KeyObject[]
}

/** Keys in one transaction. */
const BATCH = 500

/**
 * Wraps every key again that another master key wraps, a batch at a time; yields after each. It may be interrupted and repeated, also beside
 * servers and beside another run.
 * @throws KeyUnwrapError none of the master keys opens one of them
 */
export async function* rotateKeys(deps: KeyRotationDeps): AsyncGenerator<RotationProgress> {
  const { pool, masterKey } = deps
  const current = masterKeyId(masterKey)
  let done = 0
  for (let left = await countLeft(pool, current); ; left = await countLeft(pool, current)) {
    yield { done, left }
    if (left === 0) return
    done += await rotateBatch(deps, current)
  }
}

async function countLeft(pool: Pool, current: string): Promise<number> {
  const { rows } = await pool.query<{ left: number }>(
    `select count(*)::integer as left from data_keys where ${IS_LEFT}`,
    [current],
  )
  return rows[0]?.left ?? 0
}

const IS_LEFT = 'wrapped is not null and wrapped_by is distinct from $1'

const rotateBatch = ({ pool, masterKey, acceptedKeys }: KeyRotationDeps, current: string): Promise<number> =>
  inTransaction(pool, async (tx) => {
    // in the order in which a command locks them that makes several
    const { rows } = await tx.query<{ name: string; wrapped: Buffer }>(
      `select name, wrapped from data_keys where ${IS_LEFT} order by name limit ${BATCH} for update`,
      [current],
    )
    const rewrapped = rows.map(({ name, wrapped }) =>
      wrapKey(masterKey, name, unwrapKey([masterKey, ...acceptedKeys], name, wrapped)),
    )
    await tx.query(
      `update data_keys k set wrapped = n.wrapped, wrapped_by = $3
       from unnest($1::text[], $2::bytea[]) as n(name, wrapped) where k.name = n.name`,
      [rows.map(({ name }) => name), rewrapped, current],
    )
    return rows.length
  })
