import { DatabaseError } from 'pg'
import { DatabaseUnavailableError } from '../postgres/database-unavailable-error.js'
import { StartupError } from './startup-error.js'

type UrlVariable = 'DATABASE_URL' | 'KEYS_DATABASE_URL' | 'ANALYTICS_DATABASE_URL'
export type DatabaseVariable = UrlVariable | 'DATABASE_OWNER_URL' | 'KEYS_DATABASE_OWNER_URL'

/**
 * Runs the first work with a database, so that a failure names the variable and the remedy.
 * @throws StartupError, or the error as it is where it is none of those that an operator can mend
 */
export async function openingDatabase<Result>(
  variable: DatabaseVariable,
  url: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const cause = error instanceof DatabaseUnavailableError ? error.cause : error
    const explanation = cause instanceof Error ? explain(cause, url) : null
    throw explanation === null ? error : new StartupError(`${variable}: ${explanation}`, { cause: error })
  }
}

/** Null where the error is none that an operator can mend. Never repeats the password. */
function explain(error: Error, text: string): string | null {
  const url = new URL(text)
  const database = decodeURIComponent(url.pathname.slice(1))
  const user = decodeURIComponent(url.username)
  const { code = '' } = error as { code?: string }
  if (/^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)/.test(code) || isLost(error))
    return `no Postgres answers at ${url.host} (${code || error.message}): start it, or correct the address`
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/.test(code) || /SSL/.test(error.message))
    return `no TLS connection to ${url.host} (${error.message}): correct sslmode, or the certificates`
  if (!(error instanceof DatabaseError)) return null
  return explainState(code, error, { host: url.host, database, user })
}

/** The driver's own errors for a connection that ended carry no code. */
const isLost = ({ message }: Error): boolean => /^(Connection terminated|timeout expired)/.test(message)

interface Target {
  host: string
  database: string
  user: string
}

function explainState(code: string, { message }: Error, { host, database, user }: Target): string | null {
  const said = message.replaceAll('\n', ' ')
  if (code === '28P01' || code === '28000')
    return `Postgres at ${host} refuses the user "${user}" (${said}): correct user and password`
  if (code === '3D000') return `the database "${database}" does not exist at ${host}: create it, or correct the name`
  if (code === '42501')
    return `the user "${user}" lacks rights in "${database}" (${said}): make it the owner, with "alter database … owner to …"`
  if (/^42(P0[67]|7(01|23|10))$/.test(code))
    return `the database "${database}" holds tables of another application (${said}): name an empty database`
  if (code === '25006') return `the database "${database}" is read-only: name the primary server`
  if (code === '53300')
    return `Postgres at ${host} has no free connection: raise max_connections, or stop other clients`
  if (code === '53100') return `the disk of Postgres at ${host} is full: free some space`
  if (code.startsWith('57P'))
    return `Postgres at ${host} is starting or stopping (${said}): wait for it, and start again`
  if (code.startsWith('08')) return `Postgres at ${host} closed the connection (${said}): start it again`
  return null
}
