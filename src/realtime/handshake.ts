import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { SessionGate } from '../identity/session-gate.js'
import type { Tokens } from '../identity/tokens.js'
import type { RequestLimits, Source } from '../limits/request-limits.js'
import type { SecurityEvents } from '../security/security-events.js'
import { handshakeSchema, type ProblemOf, type RealtimeSocket, type SocketData } from './protocol.js'

export interface HandshakeDeps {
  tokens: Pick<Tokens, 'verify'>
  gate: SessionGate
  problemOf: ProblemOf
  clientAddress: (request: IncomingMessage) => Source
  limits: Pick<RequestLimits, 'take'>
  security: SecurityEvents
}

/** Lets in who has a good token of a session that still holds; to others, `connect_error` carries the problem as `data`. */
export function createHandshake({ tokens, gate, problemOf, clientAddress, limits, security }: HandshakeDeps) {
  async function check(auth: unknown): Promise<SocketData | { fault: unknown }> {
    const hasToken = typeof auth === 'object' && auth !== null && 'token' in auth
    if (!hasToken) return { fault: { code: 'token-missing' } }
    const parsed = handshakeSchema.safeParse(auth)
    if (!parsed.success) return { fault: parsed.error }
    const claims = tokens.verify(parsed.data.token)
    if ('code' in claims) return { fault: claims }
    const refused = await gate(claims)
    return refused === null ? { claims, cursors: parsed.data.cursors } : { fault: refused }
  }

  return (socket: RealtimeSocket, next: (refused?: Error) => void): void => {
    void check(socket.handshake.auth)
      .catch((fault: unknown) => ({ fault }))
      .then((checked) => {
        if ('fault' in checked) {
          const source = clientAddress(socket.request)
          limits.take(source, null)
          if (!isExpired(checked.fault)) security.record({ type: 'socket-refused', ...source })
          next(refusal(checked.fault))
        } else {
          socket.data = checked
          next()
        }
      })
  }

  function refusal(fault: unknown): Error {
    const problem = problemOf(fault, randomUUID())
    return Object.assign(new Error(problem.title), { data: problem })
  }
}

/** Every token ends, and whoever slept meanwhile comes with an old one: nothing to tell of. */
const isExpired = (fault: unknown): boolean => (fault as { code?: unknown }).code === 'token-expired'
