import type { Pool } from 'pg'

/** Whether an operator or analyst has stopped the projection. */
export async function isStopped(pool: Pool, name: string): Promise<boolean> {
  const { rowCount } = await pool.query('select from analytics.stopped where name = $1', [name])
  return rowCount === 1
}

export async function setStopped(pool: Pool, name: string, stopped: boolean): Promise<void> {
  const text = stopped
    ? 'insert into analytics.stopped (name) values ($1) on conflict do nothing'
    : 'delete from analytics.stopped where name = $1'
  await pool.query(text, [name])
}
