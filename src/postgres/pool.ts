import pg from 'pg'
import { typedError } from './database-unavailable-error.js'

export interface PoolOptions {
  connectionString: string
  max: number
  applicationName?: string
  /** How long a connection or the answer to one statement may take; 15 s by default. */
  timeoutMs?: number
}

/** So that times need no conversion on their way through. */
const useUtc = (client: pg.ClientBase): Promise<unknown> => client.query("set timezone to 'UTC'")

/**
 * Connections to one database. Whatever keeps it from serving — stopped, crashed, hanging, full, read-only — is thrown as
 * `DatabaseUnavailableError`, by the pool and by its connections, within bounded time.
 */
export function createPool({ connectionString, max, applicationName, timeoutMs = 15_000 }: PoolOptions): pg.Pool {
  const options = {
    connectionString,
    max,
    ...(applicationName !== undefined && { application_name: applicationName }),
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs, // for a server that does not even cancel
    keepAlive: true,
    onConnect: useUtc, // and wait for it, which its declared type leaves out
  }
  const pool = new pg.Pool(options)
  // An idle connection that breaks is replaced by the next use; one in use throws there.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => typeErrors(client, 'query'))
  typeErrors(pool, 'connect')
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
