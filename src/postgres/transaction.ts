import type { ClientBase, Pool } from 'pg'

/** All of the work's statements, or none. Where one row guards another, lock in this order: credentials, sessions by id, tokens. */
export async function inTransaction<Result>(pool: Pool, work: (tx: ClientBase) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => (broken = failure as Error))
    throw error
  } finally {
    client.release(broken)
  }
}
