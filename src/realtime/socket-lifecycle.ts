import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type winston from 'winston'
import type { ClientInfo } from '../domain/client-info.js'
import { stackOf } from '../async/stack-of.js'
import { createBotSockets, type BotSocketEnd } from './bot-sockets.js'
import { createAnswerClientEvent, type AnswerClientEventDeps } from './answer-client-event.js'
import { closeGently } from './connection.js'
import { createClientEvents, type ClientEventDeps, type Sender } from './client-events.js'
import type { Revocations, Revoked } from '../identity/sessions/revocations.js'
import type { PresenceStore } from './presence/presence.js'
import { errorOf, type RealtimeSocket } from './protocol.js'
import { chatRoom } from './rooms.js'
import { createRevokedSockets } from './revoked-sockets.js'
import { createSession, type Session, type SessionDeps } from './session.js'
import type { SlowReaders } from './slow-readers.js'
import { createTokenEnd, type TokenEnd } from './token-end.js'

const GOODBYE_MS = 2_000

export interface SocketLifecycleDeps extends ClientEventDeps, SessionDeps, Omit<AnswerClientEventDeps, 'handlers'> {
  slowReaders: SlowReaders
  logger: Pick<winston.Logger, 'warn' | 'error'>
  revocations: Pick<Revocations, 'refusalOf' | 'listen'>
  presence: Pick<PresenceStore, 'connected' | 'disconnected'>
  clock: () => Date
  clientAddress: (request: IncomingMessage) => ClientInfo
  metrics: AnswerClientEventDeps['metrics'] & { connections(count: number): void }
  /** How long a socket outlives its token; 30 s by default. */
  tokenGraceMs?: number
}

export interface SocketLifecycle {
  onConnect(socket: RealtimeSocket): void
  /** Ignores further events, and resolves when those received before are answered, or when `signal` aborts. */
  finish(signal: AbortSignal): Promise<void>
}

/** What happens to a socket from its connect, once its handshake is accepted, to its disconnect. */
export function createSocketLifecycle(deps: SocketLifecycleDeps): SocketLifecycle {
  const { problemOf, logger, clock, metrics, slowReaders, revocations, presence, authenticate, clientAddress } = deps
  const { tokenGraceMs = 30_000 } = deps
  const answer = createAnswerClientEvent({ handlers: createClientEvents(deps), ...deps })
  const pending = new Set<Promise<void>>()
  let isFinishing = false

  function trackPending(answering: Promise<void>): void {
    const done = answering.finally(() => {
      pending.delete(done)
      slowReaders.watch()
    })
    pending.add(done)
  }

  /** The client is told why and disconnected; it resumes with its cursors. */
  function abort(socket: RealtimeSocket, fault: unknown): void {
    if (!socket.connected) return
    const requestId = randomUUID()
    logger.warn('A socket could not be brought up to date', { requestId, stack: stackOf(fault) })
    socket.emit('error', errorOf(problemOf(fault, requestId)))
    void closeGently(socket.conn, AbortSignal.timeout(GOODBYE_MS))
  }

  function tokenEnded(socket: RealtimeSocket): void {
    socket.emit('error', errorOf(problemOf({ code: 'token-expired' }, randomUUID())))
    socket.disconnect(true)
  }

  /** The code tells whether a new token will do (`token-revoked`) or a login is needed (`session-revoked`). */
  function revoked(socket: RealtimeSocket, { code }: Revoked): void {
    socket.emit('session_revoked', { code })
    socket.disconnect(true)
  }

  function endBotSocket(socket: RealtimeSocket, why: BotSocketEnd): void {
    if (why === 'unverified') abort(socket, { code: 'revocation-unknown' })
    else if (why === 'chats-changed') void closeGently(socket.conn, AbortSignal.timeout(GOODBYE_MS))
    else if (why.code === 'token-expired') tokenEnded(socket)
    else revoked(socket, { code: 'session-revoked' })
  }

  const revokedSockets = createRevokedSockets(revocations, revoked)
  const botSockets = createBotSockets({ authenticate, disconnect: endBotSocket })
  return {
    onConnect(socket) {
      const { claims, cursors, botToken } = socket.data
      if (botToken !== null) botSockets.watch(socket, botToken)
      else if (!revokedSockets.watch(socket)) return
      const client = clientAddress(socket.request)
      const session = createSession(socket, deps, (fault) => abort(socket, fault))
      const tokenEnd = createTokenEnd(clock, tokenGraceMs, () => tokenEnded(socket))
      const countSockets = (): void => metrics.connections(socket.nsp.sockets.size)
      socket.onAny((...args: unknown[]) => {
        if (!isFinishing) trackPending(answer(socket, client, senderOf(socket, client, session, tokenEnd), args))
      })
      const connected = { userId: claims.userId, socketId: socket.id }
      socket.on('disconnect', () => {
        presence.disconnected(connected)
        tokenEnd.stop()
        countSockets()
      })
      presence.connected(connected)
      countSockets()
      tokenEnd.renew(claims.expiresAt)
      void session.attach(cursors)
    },

    async finish(signal) {
      isFinishing = true
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      await Promise.race([Promise.all(pending), aborted])
    },
  }
}

const senderOf =
  (socket: RealtimeSocket, clientInfo: ClientInfo, session: Session, tokenEnd: TokenEnd) =>
  (requestId: string): Sender => {
    const { userId, sessionId } = socket.data.claims
    const client = { session: sessionId, ...clientInfo }
    return {
      caller: { userId, origin: 'socket', correlationId: requestId, client },
      session,
      isInChat: (chatId) => socket.rooms.has(chatRoom(chatId)),
      renew(claims) {
        socket.data.claims = claims
        tokenEnd.renew(claims.expiresAt)
      },
    }
  }
