import type { ClientBase, Pool } from 'pg'
import { UnavailableError } from '../async/unavailable-error.js'

/**
 * Commits what `work` does, or rolls it back and throws what it threw. A connection that is lost on the way fails the transaction,
 * not the process. Where one row guards another, lock in this order: credentials, sessions by id, tokens.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (tx: ClientBase) => Promise<Result>,
  begin = 'begin',
  end: 'commit' | 'rollback' = 'commit',
): Promise<Result> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error): void => void (broken = error) // without a listener it would end the process
  client.on('error', onError)
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query(end)
    return result
  } catch (error) {
    if (error instanceof UnavailableError) broken ??= error
    else await client.query('rollback').catch((failure: unknown) => (broken ??= failure as Error))
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** Reads everything in one snapshot of the database. */
export const inSnapshot = <Result>(pool: Pool, read: (tx: ClientBase) => Promise<Result>): Promise<Result> =>
  inTransaction(pool, read, 'begin isolation level repeatable read read only')

/** Does work in tables that are made for it alone: whatever it writes is rolled back. */
export const inDiscardedTransaction = <Result>(
  pool: Pool,
  work: (tx: ClientBase) => Promise<Result>,
): Promise<Result> => inTransaction(pool, work, 'begin', 'rollback')
