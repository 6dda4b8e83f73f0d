import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { ClientInfo } from '../domain/client-info.js'
import { createAnswering, stackOf, type AnsweringDeps } from './answering.js'
import { closeGently } from './connection.js'
import { createClientEvents, type ClientEventDeps, type Sender } from './client-events.js'
import type { Revocations, Revoked } from '../identity/sessions/revocations.js'
import { errorOf, type RealtimeSocket } from './protocol.js'
import { createRevokedSockets } from './revoked-sockets.js'
import { createSession, type Session, type SessionDeps } from './session.js'
import type { SlowReaders } from './slow-readers.js'
import { createTokenEnd, type TokenEnd } from './token-end.js'

const GOODBYE_MS = 2_000

export interface WelcomeDeps extends ClientEventDeps, SessionDeps, Omit<AnsweringDeps, 'handlers'> {
  slowReaders: SlowReaders
  revocations: Pick<Revocations, 'refusalOf' | 'listen'>
  clock: () => Date
  clientAddress: (request: IncomingMessage) => ClientInfo
  metrics: { connections(count: number): void }
  /** How long a socket outlives its token; 30 s by default. */
  tokenGraceMs?: number
}

export interface Welcome {
  connected(socket: RealtimeSocket): void
  /** Answers nothing more, and resolves when all that was asked before is answered, or `signal` aborts. */
  finish(signal: AbortSignal): Promise<void>
}

/** What happens to a socket that was let in. */
export function createWelcome(deps: WelcomeDeps): Welcome {
  const { problemOf, logger, clock, metrics, slowReaders, revocations, clientAddress, tokenGraceMs = 30_000 } = deps
  const answer = createAnswering({ handlers: createClientEvents(deps), ...deps })
  const pending = new Set<Promise<void>>()
  let isFinishing = false

  function take(answering: Promise<void>): void {
    const done = answering.finally(() => {
      pending.delete(done)
      slowReaders.watch()
    })
    pending.add(done)
  }

  /** The client hears why, loses its connection, and comes back with its cursors. */
  function giveUp(socket: RealtimeSocket, fault: unknown): void {
    if (!socket.connected) return
    const requestId = randomUUID()
    logger.warn('a socket could not be brought up to date', { requestId, stack: stackOf(fault) })
    socket.emit('error', errorOf(problemOf(fault, requestId)))
    void closeGently(socket.conn, AbortSignal.timeout(GOODBYE_MS))
  }

  function tokenEnded(socket: RealtimeSocket): void {
    socket.emit('error', errorOf(problemOf({ code: 'token-expired' }, randomUUID())))
    socket.disconnect(true)
  }

  /** Says which of them it is: after `token-revoked` a new token gets in again. */
  function revoked(socket: RealtimeSocket, { code }: Revoked): void {
    socket.emit('session_revoked', { code })
    socket.disconnect(true)
  }

  const revokedSockets = createRevokedSockets(revocations, revoked)
  return {
    connected(socket) {
      if (!revokedSockets.watch(socket)) return
      const { claims, cursors } = socket.data
      const source = clientAddress(socket.request)
      const session = createSession(socket, deps, (fault) => giveUp(socket, fault))
      const tokenEnd = createTokenEnd(clock, tokenGraceMs, () => tokenEnded(socket))
      const countSockets = (): void => metrics.connections(socket.nsp.sockets.size)
      socket.onAny((...args: unknown[]) => {
        if (!isFinishing) take(answer(socket, senderOf(socket, source, session, tokenEnd), args))
      })
      socket.on('disconnect', () => {
        tokenEnd.stop()
        countSockets()
      })
      countSockets()
      tokenEnd.renew(claims.expiresAt)
      void session.enter(cursors)
    },

    async finish(signal) {
      isFinishing = true
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      await Promise.race([Promise.all(pending), aborted])
    },
  }
}

const senderOf =
  (socket: RealtimeSocket, source: ClientInfo, session: Session, tokenEnd: TokenEnd) =>
  (requestId: string): Sender => {
    const { userId, sessionId } = socket.data.claims
    const client = { session: sessionId, ...source }
    return {
      caller: { userId, origin: 'socket', correlationId: requestId, client },
      session,
      renew(claims) {
        socket.data.claims = claims
        tokenEnd.renew(claims.expiresAt)
      },
    }
  }
