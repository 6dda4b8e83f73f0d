import pg from 'pg'
import { UnknownOutcomeError } from '../event-log.js'
import { withTimeout } from '../../async/with-timeout.js'

/** The arguments of `append_events`, in their order. */
export type AppendCall = readonly [appends: string, given: string, data: string, metadata: string]

/** What `append_events` says of the log's last position before, and then of one append that added nothing. */
export interface AppendRow {
  stream: string | null
  outcome: 'repeated' | 'conflict' | null
  version: number | null
  /** A bigint, which `pg` hands out as text; null for a conflict. */
  position: string | null
}

export interface AppendConnection {
  /**
   * One call for a batch of appends.
   * @throws UnknownOutcomeError the connection broke, or the answer took too long
   */
  send(batch: AppendCall): Promise<AppendRow[]>
  close(): Promise<void>
}

export const APPEND = 'select stream, outcome, version, "position" from append_events($1, $2, $3, $4)'

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
        return await call(await withTimeout(timeoutMs, current), batch, timeoutMs)
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

async function call(client: pg.PoolClient, batch: AppendCall, timeoutMs: number): Promise<AppendRow[]> {
  const query = { name: 'append-events', text: APPEND, values: [...batch], query_timeout: timeoutMs }
  return (await client.query<AppendRow>(query)).rows
}

/** Postgres said no for good, and rolled back. */
const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.severity === 'ERROR' && !PASSING.has(error.code?.slice(0, 2) ?? '')
