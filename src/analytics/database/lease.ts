import type { Pool } from 'pg'

/** By the clock of the database. Far below the 5 s within which a projection moves away from a node that died. */
const LEASE_SECONDS = 3

/** Which node runs a projection. It only saves work: what two nodes apply at once is applied once. */
export interface Lease {
  /** Takes or renews it: true where this node has it now; never while the projection is stopped. */
  take(name: string): Promise<boolean>
  release(name: string): Promise<void>
}

/** Takes over from a node that died, whose transaction may still be open, by ending its connection. */
export const createLease = (pool: Pool, node: string): Lease => ({
  async take(name) {
    const { rows } = await pool.query<{ previous: string | null }>(
      `with previous as (select node from analytics_build.leases where name = $1)
       insert into analytics_build.leases as lease (name, node, expires_at)
       select $1, $2, now() + interval '${LEASE_SECONDS} s' where not exists (select from analytics_build.stopped where name = $1)
       on conflict (name) do update set node = excluded.node, expires_at = excluded.expires_at
         where lease.node = excluded.node or lease.expires_at < now()
       returning (select node from previous) as previous`,
      [name, node],
    )
    const [taken] = rows
    if (taken === undefined) return false
    if (taken.previous !== null && taken.previous !== node) await endConnections(pool, name)
    return true
  },
  async release(name) {
    await pool.query('delete from analytics_build.leases where name = $1 and node = $2', [name, node])
  },
})

async function endConnections(pool: Pool, name: string): Promise<void> {
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where usename = current_user and datname = current_database() and application_name = $1`,
    [`parley-analytics ${name}`],
  )
}
