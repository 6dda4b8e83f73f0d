import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isBotToken } from '../identity/bots/bot-tokens.js'
import type { ClientInfo } from '../domain/client-info.js'
import type { RequestLimits } from '../limits/request-limits.js'
import type { Authenticate } from '../requests/authenticate.js'
import { RequestRefused } from '../requests/request-refused.js'
import type { SecurityEvents } from '../security/security-events.js'
import type { Connection } from './connection.js'
import {
  handshakeSchema,
  MAX_HANDSHAKE_CURSORS,
  type ProblemOf,
  type RealtimeSocket,
  type SocketData,
} from './protocol.js'

export interface HandshakeDeps {
  authenticate: Authenticate
  problemOf: ProblemOf
  clientAddress: (request: IncomingMessage) => ClientInfo
  limits: Pick<RequestLimits, 'take' | 'openConnection' | 'closeConnection'>
  security: SecurityEvents
  onAuthenticated(connection: Connection): void
}

/** Lets in who has a good token of a session that still holds; to others, `connect_error` carries the problem as `data`. */
export function createHandshake({
  authenticate,
  problemOf,
  clientAddress,
  limits,
  security,
  onAuthenticated,
}: HandshakeDeps) {
  /** Connections with a socket that is in or on its way; Socket.IO by itself sees only those that are in. */
  const taken = new WeakSet<Connection>()
  /** Who last came in by a connection: it is theirs until it closes, also without a socket. */
  const holders = new WeakMap<Connection, string>()

  async function check(conn: Connection, auth: unknown, source: ClientInfo): Promise<SocketData | { fault: unknown }> {
    const hasToken = typeof auth === 'object' && auth !== null && 'token' in auth
    if (!hasToken) return { fault: { code: 'token-missing' } }
    if (hasTooManyCursors(auth)) return { fault: { code: 'too-many-cursors' } }
    const parsed = handshakeSchema.safeParse(auth)
    if (!parsed.success) return { fault: parsed.error }
    if (isBotToken(parsed.data.token)) return { fault: { code: 'not-for-bots' } }
    const claims = await authenticate(parsed.data.token)
    // A socket that is brought up to date costs more than most requests.
    const quota = limits.take(source, claims.userId)
    if (isLimited(quota)) return { fault: quota }
    const full = hold(conn, source, claims.userId)
    if (full !== null) return { fault: full }
    return { claims, cursors: parsed.data.cursors }
  }

  /** Null where it may be theirs. One that has closed meanwhile is nobody's. */
  function hold(conn: Connection, source: ClientInfo, userId: string): unknown {
    if (holders.get(conn) === userId || conn.readyState !== 'open') return null
    const refusal = limits.openConnection(source, userId)
    if (refusal !== null) return refusal
    holders.set(conn, userId)
    conn.once('close', () => limits.closeConnection(userId))
    return null
  }

  return (socket: RealtimeSocket, next: (refused?: Error) => void): void => {
    const { conn } = socket
    if (taken.has(conn)) {
      conn.close()
      next(refusal({ code: 'malformed-request' })) // heard by nobody, but Socket.IO forgets the socket
      return
    }
    taken.add(conn)
    socket.once('disconnect', () => taken.delete(conn))
    const source = clientAddress(socket.request)
    void check(conn, socket.handshake.auth, source)
      .catch((fault: unknown) => ({ fault }))
      .then((checked) => {
        if ('fault' in checked) {
          taken.delete(conn)
          tell(checked.fault, source)
          next(refusal(checked.fault))
        } else {
          onAuthenticated(conn)
          socket.data = checked
          next()
        }
      })
  }

  /** A limit has counted by itself, and told of it. */
  function tell(fault: unknown, source: ClientInfo): void {
    if (isLimited(fault)) return
    limits.take(source, null)
    if (!isExpired(fault)) security.record({ type: 'socket-refused', ...source })
  }

  function refusal(fault: unknown): Error {
    const problem = problemOf(fault, randomUUID())
    return Object.assign(new Error(problem.title), { data: problem })
  }
}

/** A client with more brings the rest by `sync`: what is not authenticated yet must stay small. */
const hasTooManyCursors = (auth: object): boolean =>
  'cursors' in auth &&
  typeof auth.cursors === 'object' &&
  auth.cursors !== null &&
  Object.keys(auth.cursors).length > MAX_HANDSHAKE_CURSORS

/** Every token ends, and whoever slept meanwhile comes with an old one: nothing to tell of. */
const isExpired = (fault: unknown): boolean =>
  fault instanceof RequestRefused && 'code' in fault.reason && fault.reason.code === 'token-expired'

const isLimited = (fault: unknown): boolean => typeof fault === 'object' && fault !== null && 'retryAfterMs' in fault
