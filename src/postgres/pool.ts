import pg from 'pg'
import { typedError } from './database-unavailable-error.js'

export interface PoolOptions {
  connectionString: string
  max: number
  applicationName?: string
  /** How long a connection or the answer to one statement may take; 15 s by default. */
  timeoutMs?: number
  /** Schemas in which tables are looked for, in this order, and made: in the first that is there. Postgres's own choice by default. */
  searchPath?: readonly string[]
}

/** UTC, so that times need no conversion on their way through. */
const sessionSettings = (searchPath: readonly string[] | undefined): string =>
  [
    "set timezone to 'UTC'",
    ...(searchPath === undefined ? [] : [`set search_path to ${searchPath.map(pg.escapeIdentifier).join()}`]),
  ].join('; ')

/**
 * Connections to one database. Whatever keeps it from serving — stopped, crashed, hanging, full, read-only — is thrown as
 * `DatabaseUnavailableError`, by the pool and by its connections, within bounded time.
 */
export function createPool(poolOptions: PoolOptions): pg.Pool {
  const { connectionString, max, applicationName, timeoutMs = 15_000, searchPath } = poolOptions
  const settings = sessionSettings(searchPath)
  const options = {
    connectionString,
    max,
    ...(applicationName !== undefined && { application_name: applicationName }),
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs, // for a server that does not even cancel
    keepAlive: true,
    pipeline: true, // what is asked of one connection at once is sent at once
    onConnect: (client: pg.ClientBase) => client.query(settings), // and wait for it, which its declared type leaves out
  }
  const pool = new pg.Pool(options)
  // An idle connection that breaks is replaced by the next use; one in use throws there.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => typeErrors(client, 'query'))
  typeErrors(pool, 'connect')
  typeErrors(pool, 'query') // a connection that breaks under it answers before its own query does
  return pool
}

/** The method with its errors typed, whether they come by callback or by promise. */
function typeErrors<Name extends string>(target: Record<Name, unknown>, name: Name): void {
  const original = (target[name] as (...args: unknown[]) => unknown).bind(target)
  Object.assign(target, {
    [name](...args: unknown[]) {
      const callback = args.at(-1)
      if (typeof callback === 'function') {
        const answer = callback as (...given: unknown[]) => unknown
        args[args.length - 1] = (error: unknown, ...rest: unknown[]): unknown => answer(typedError(error), ...rest)
      }
      const result = original(...args)
      return result instanceof Promise
        ? result.catch((error: unknown) => Promise.reject(typedError(error) as Error))
        : result
    },
  })
}
