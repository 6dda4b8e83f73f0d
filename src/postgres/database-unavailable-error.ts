import { DatabaseError } from 'pg'
import { UnavailableError } from '../async/unavailable-error.js'

/** Postgres does not answer, or refuses for a reason that lies with the server: the same statement may succeed later. */
export class DatabaseUnavailableError extends UnavailableError {
  override readonly name = 'DatabaseUnavailableError'
  constructor(cause: Error, code: string) {
    super(cause.message, { cause }, code)
  }
}

/**
 * SQLSTATEs by their beginnings: connection lost (08), login refused (28), read-only (25006), lost race (40), database not there (3D000),
 * resources such as disk and connections (53), not accepting connections (55), shut down or cancelled (57), I/O error (58).
 */
const SQL_STATES = ['08', '28', '25006', '40', '3D000', '53', '55', '57', '58']

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** The driver's own errors carry no code: a lost connection, one that could not be had in time, an answer that did not come. */
const DRIVER_MESSAGE = /^(Connection terminated|Client has encountered a connection error|timeout e|Query read timeout)/

/** A failure of the server or of the way to it as `DatabaseUnavailableError`; any other error as it is. */
export function typedError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailableError) return error
  const code = unavailableCode(error)
  return code === null ? error : new DatabaseUnavailableError(error, code)
}

function unavailableCode(error: Error & { code?: string }): string | null {
  const { code = '' } = error
  if (error instanceof DatabaseError) return SQL_STATES.some((state) => code.startsWith(state)) ? code : null
  if (SOCKET_CODES.has(code)) return code
  return DRIVER_MESSAGE.test(error.message) ? 'no-connection' : null
}
