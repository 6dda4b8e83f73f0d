import pg from 'pg'
import { UnknownOutcomeError } from '../event-log.js'
import { within } from '../within.js'

/** What `append_events` says of one append. */
export interface Verdict {
  outcome: 'appended' | 'repeated' | 'conflict'
  version: number
  /** A bigint, which `pg` hands out as text; null for a conflict. */
  position: string | null
}

export interface AppendConnection {
  /**
   * One call for a batch of appends, given as its JSON; one verdict for each.
   * @throws UnknownOutcomeError the connection broke, or the answer took too long
   */
  send(batch: string): Promise<Verdict[]>
  close(): Promise<void>
}

/** SQLSTATE classes that pass by themselves (rollback, resources, read-only, operator, system): worth the very same call again. */
const PASSING = new Set(['25', '40', '53', '55', '57', '58'])

/** Appends have a connection of the pool for themselves, so that no crowd of queries keeps them waiting for one. */
export function createAppendConnection(pool: pg.Pool, timeoutMs: number): AppendConnection {
  let connection: Promise<pg.PoolClient> | null = null

  function connect(): Promise<pg.PoolClient> {
    const opened = pool.connect()
    void opened.then(
      (client) => client.on('error', () => void giveBack(opened, true)), // broken while idle
      () => undefined,
    )
    return opened
  }

  /** To the pool, which ends it when it is broken. Once only: a broken connection may be found out twice. */
  async function giveBack(client: Promise<pg.PoolClient>, broken: boolean): Promise<void> {
    if (connection !== client) return
    connection = null
    await client.then(
      (opened) => opened.release(broken),
      () => undefined,
    )
  }

  return {
    async send(batch) {
      const current = (connection ??= connect())
      try {
        return await call(await within(timeoutMs, current), batch, timeoutMs)
      } catch (error) {
        if (isRefusal(error)) throw error
        void giveBack(current, true)
        throw new UnknownOutcomeError('Postgres did not answer the append', { cause: error })
      }
    },
    async close() {
      if (connection !== null) await giveBack(connection, false)
    },
  }
}

async function call(client: pg.PoolClient, batch: string, timeoutMs: number): Promise<Verdict[]> {
  const text = 'select outcome, version, "position" from append_events($1)'
  const query = { name: 'append-events', text, values: [batch], query_timeout: timeoutMs }
  return (await client.query<Verdict>(query)).rows
}

/** Postgres said no for good, and rolled back. */
const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.severity === 'ERROR' && !PASSING.has(error.code?.slice(0, 2) ?? '')
