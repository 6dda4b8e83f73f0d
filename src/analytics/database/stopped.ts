import type { Pool } from 'pg'

export async function setStopped(pool: Pool, name: string, stopped: boolean): Promise<void> {
  const text = stopped
    ? 'insert into analytics_build.stopped (name) values ($1) on conflict do nothing'
    : 'delete from analytics_build.stopped where name = $1'
  await pool.query(text, [name])
}
