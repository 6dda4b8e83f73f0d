import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Tokens } from '../identity/tokens.js'
import type { RequestLimits, Source } from '../limits/request-limits.js'
import type { SecurityEvents } from '../security/security-events.js'
import { handshakeSchema, type ProblemOf, type RealtimeSocket, type SocketData } from './protocol.js'

export interface HandshakeDeps {
  tokens: Pick<Tokens, 'verify'>
  problemOf: ProblemOf
  clientAddress: (request: IncomingMessage) => Source
  limits: Pick<RequestLimits, 'take'>
  security: SecurityEvents
}

/** Lets in who has a good token; to others, `connect_error` carries the problem as `data`. */
export function createHandshake({ tokens, problemOf, clientAddress, limits, security }: HandshakeDeps) {
  function check(auth: unknown): SocketData | { fault: unknown } {
    const hasToken = typeof auth === 'object' && auth !== null && 'token' in auth
    if (!hasToken) return { fault: { code: 'token-missing' } }
    const parsed = handshakeSchema.safeParse(auth)
    if (!parsed.success) return { fault: parsed.error }
    const claims = tokens.verify(parsed.data.token)
    return 'code' in claims ? { fault: claims } : { claims, cursors: parsed.data.cursors }
  }

  return (socket: RealtimeSocket, next: (refused?: Error) => void): void => {
    const checked = check(socket.handshake.auth)
    if ('fault' in checked) {
      const source = clientAddress(socket.request)
      limits.take(source, null)
      if (!isExpired(checked.fault)) security.record({ type: 'socket-refused', ...source })
      next(refusal(checked.fault))
    } else {
      socket.data = checked
      next()
    }
  }

  function refusal(fault: unknown): Error {
    const problem = problemOf(fault, randomUUID())
    return Object.assign(new Error(problem.title), { data: problem })
  }
}

/** Every token ends, and whoever slept meanwhile comes with an old one: nothing to tell of. */
const isExpired = (fault: unknown): boolean => (fault as { code?: unknown }).code === 'token-expired'
