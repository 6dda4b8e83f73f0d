import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { ProjectionKey } from './projection.js'

/** The right to move a projection's checkpoint, which one process has at a time. */
export interface Lease extends AsyncDisposable {
  /** Raised whenever the owner changes; null while another process is the owner. What is written under it checks it in the same statement. */
  readonly epoch: number | null
  /** Takes the lease where it is free, and keeps renewing it until it is lost. True where it is this owner's now. */
  claim(): Promise<boolean>
  /** Leaves it to others at once. */
  giveUp(): Promise<void>
}

export interface LeaseOptions {
  /** How long it lasts unless it is renewed, by the database's clock; 3 s by default. */
  leaseMs?: number
}

/**
 * A lease is a row: owner, epoch and end. Ownership is decided by the database's clock, and every write under a lease names its epoch, so
 * that an owner that was stopped meanwhile writes nothing. An owner without any connection has ended: its lease is free at once.
 */
export function createLease(
  pool: Pool,
  { name, version }: ProjectionKey,
  { leaseMs = 3_000 }: LeaseOptions = {},
): Lease {
  const owner = randomUUID()
  let epoch: number | null = null
  let timer: NodeJS.Timeout | undefined
  let renewing: Promise<unknown> | undefined

  async function take(): Promise<boolean> {
    const { rows } = await pool.query<{ epoch: string }>({
      name: 'take-projection-lease',
      text: `
        insert into projection_leases as l (name, version, owner, application, epoch, ends_at)
        values ($1, $2, $3, current_setting('application_name'), 1, clock_timestamp() + $4 * interval '1 ms')
        on conflict (name, version) do update set owner = excluded.owner, application = excluded.application,
          ends_at = excluded.ends_at, epoch = case when l.owner = excluded.owner then l.epoch else l.epoch + 1 end
        where l.owner = excluded.owner or ${IS_FREE}
        returning epoch`,
      values: [name, version, owner, leaseMs],
    })
    epoch = rows[0] === undefined ? null : Number(rows[0].epoch)
    return epoch !== null
  }

  /** Never takes it over: only a claim does, whose caller then deals with what the former owner left. */
  async function extend(): Promise<void> {
    const { rowCount } = await pool.query({
      name: 'extend-projection-lease',
      text: `update projection_leases set ends_at = clock_timestamp() + $4 * interval '1 ms'
             where name = $1 and version = $2 and owner = $3`,
      values: [name, version, owner, leaseMs],
    })
    if (rowCount === 0) lose()
  }

  function lose(): void {
    epoch = null
    clearInterval(timer)
    timer = undefined
  }

  async function stopRenewing(): Promise<void> {
    clearInterval(timer)
    timer = undefined
    await renewing
  }

  /** A failure is the outage of the database, which the owner meets with its own statements. */
  function renew(): void {
    renewing ??= extend()
      .catch(() => undefined)
      .finally(() => (renewing = undefined))
  }

  return {
    get epoch() {
      return epoch
    },
    async claim() {
      const isOwner = await take()
      if (isOwner) timer ??= setInterval(renew, leaseMs / 4)
      return isOwner
    },
    async giveUp() {
      await stopRenewing()
      if (epoch === null) return
      epoch = null
      await pool.query(
        `update projection_leases set ends_at = '-infinity' where name = $1 and version = $2 and owner = $3`,
        [name, version, owner],
      )
    },
    async [Symbol.asyncDispose]() {
      await this.giveUp().catch(() => undefined) // it ends by itself
    },
  }
}

/** Those of these projections that some process has the lease of. */
export async function findLed(pool: Pick<Pool, 'query'>, projections: readonly ProjectionKey[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ name: string }>(
    `select l.name from projection_leases l
     join unnest($1::text[], $2::integer[]) as wanted (name, version) using (name, version) where not ${IS_FREE}`,
    [projections.map(({ name }) => name), projections.map(({ version }) => version)],
  )
  return new Set(rows.map(({ name }) => name))
}

/** Of the lease `l`. */
export const IS_FREE = `(l.ends_at < clock_timestamp() or l.application <> '' and not exists (
  select from pg_stat_activity a where a.application_name = l.application and a.datname = current_database()))`
