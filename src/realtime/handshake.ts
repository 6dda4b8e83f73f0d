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

/** Accepts sockets with a valid token of a session that was not revoked; others get `connect_error` with the problem as `data`. */
export function createHandshake({
  authenticate,
  problemOf,
  clientAddress,
  limits,
  security,
  onAuthenticated,
}: HandshakeDeps) {
  /** Connections with a socket that is accepted or being checked; Socket.IO itself knows only the accepted ones. */
  const taken = new WeakSet<Connection>()
  /** The user last accepted on a connection, who holds it until it closes, even without a socket. */
  const holders = new WeakMap<Connection, string>()

  async function check(conn: Connection, auth: unknown, client: ClientInfo): Promise<SocketData | { fault: unknown }> {
    const hasToken = typeof auth === 'object' && auth !== null && 'token' in auth
    if (!hasToken) return { fault: { code: 'token-missing' } }
    if (hasTooManyCursors(auth)) return { fault: { code: 'too-many-cursors' } }
    const parsed = handshakeSchema.safeParse(auth)
    if (!parsed.success) return { fault: parsed.error }
    const { token, cursors } = parsed.data
    const claims = await authenticate(token)
    // Bringing a socket up to date costs more than most requests.
    const quota = limits.take(client, claims.userId)
    if (isLimited(quota)) return { fault: quota }
    const full = hold(conn, client, claims.userId)
    if (full !== null) return { fault: full }
    return { claims, cursors, botToken: isBotToken(token) ? token : null }
  }

  /** Null if the user may hold the connection. One that has closed meanwhile is held by nobody. */
  function hold(conn: Connection, client: ClientInfo, userId: string): unknown {
    if (holders.get(conn) === userId || conn.readyState !== 'open') return null
    const refusal = limits.openConnection(client, userId)
    if (refusal !== null) return refusal
    holders.set(conn, userId)
    conn.once('close', () => limits.closeConnection(userId))
    return null
  }

  return (socket: RealtimeSocket, next: (refused?: Error) => void): void => {
    const { conn } = socket
    if (taken.has(conn)) {
      conn.close()
      next(refusal({ code: 'malformed-request' })) // no client sees it, but Socket.IO forgets the socket
      return
    }
    taken.add(conn)
    socket.once('disconnect', () => taken.delete(conn))
    const client = clientAddress(socket.request)
    void check(conn, socket.handshake.auth, client)
      .catch((fault: unknown) => ({ fault }))
      .then((checked) => {
        if ('fault' in checked) {
          taken.delete(conn)
          recordRefusal(checked.fault, client)
          next(refusal(checked.fault))
        } else {
          onAuthenticated(conn)
          socket.data = checked
          next()
        }
      })
  }

  /** Refusals of rate limits are counted and recorded where they are made. */
  function recordRefusal(fault: unknown, client: ClientInfo): void {
    if (isLimited(fault)) return
    limits.take(client, null)
    if (!isExpired(fault)) security.record({ type: 'socket-refused', ...client })
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

/** Ordinary: a client that slept reconnects with an old token. */
const isExpired = (fault: unknown): boolean =>
  fault instanceof RequestRefused && 'code' in fault.reason && fault.reason.code === 'token-expired'

const isLimited = (fault: unknown): boolean => typeof fault === 'object' && fault !== null && 'retryAfterMs' in fault
