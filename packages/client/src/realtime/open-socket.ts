import { io, type Socket } from 'socket.io-client'
import { ParleyError, type Problem } from '../parley-error.js'

export type Ack = { ok: true; position?: string } & Record<string, unknown>

/** One socket, from its handshake to its end; it does not reconnect. */
export interface OpenSocket {
  /** Emits with an ack. @throws ParleyError the server's refusal, or `network-error` where no ack came */
  ask(event: string, payload: object): Promise<Ack>
  /** Emits without an ack; lost where the socket is not connected. */
  tell(event: string, payload: object): void
  /** Resolves when the socket was refused, lost or closed. */
  ended: Promise<SocketEnd>
  close(): void
}

export interface SocketEnd {
  /** Why; null where the connection was lost or closed without a reason. */
  error: ParleyError | null
  /** Milliseconds, where the server asked for them. */
  reconnectAfterMs: number | null
}

export interface OpenSocketOptions {
  url: string
  auth: { token: string; cursors: Record<string, number> }
  ackTimeoutMs: number
  onEvent(event: string, payload: unknown): void
  /** A failure that the server reports without an ack. */
  onError(error: ParleyError): void
}

export function openSocket({ url, auth, ackTimeoutMs, onEvent, onError }: OpenSocketOptions): OpenSocket {
  const socket: Socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false })
  /** By the server's last event, which alone explains the end that follows it. */
  let end: SocketEnd = { error: null, reconnectAfterMs: null }

  socket.onAny((event: string, payload: unknown) => {
    if (event === 'error' && isCursorAhead(payload)) {
      // what this client has of the chat is not of the server's log: it begins again, as after too many missed events
      onEvent('resync', { chatId: payload.chatId, version: payload.version })
      return
    }
    end = endAfter(event, payload)
    if (event === 'error' && end.error !== null) onError(end.error)
    if (!ENDINGS.has(event)) onEvent(event, payload)
  })

  return {
    async ask(event, payload) {
      if (!socket.connected) throw unreachable()
      const asked = socket.timeout(ackTimeoutMs).emitWithAck(event, payload) as Promise<Ack | Refused>
      const answer = await asked.catch((error: unknown) => Promise.reject(unreachable(error)))
      if (answer.ok) return answer
      throw errorOf(answer.error)
    },
    tell: (event, payload) => void socket.volatile.emit(event, payload),
    ended: new Promise((resolve) => {
      socket.once('disconnect', () => resolve(end))
      socket.once('connect_error', (error: Error & { data?: Problem }) => {
        const reason = error.data === undefined ? unreachable(error) : errorOf(error.data)
        resolve({ error: reason, reconnectAfterMs: null })
      })
    }),
    close: () => void socket.disconnect(),
  }
}

interface Refused {
  ok: false
  error: Problem
}

const isCursorAhead = (error: unknown): error is { chatId: string; version: number } =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'cursor-ahead'

/** These are no events of chats or users. */
const ENDINGS = new Set(['error', 'session_revoked', 'server_draining'])

function endAfter(event: string, payload: unknown): SocketEnd {
  if (event === 'server_draining')
    return { error: null, reconnectAfterMs: (payload as { reconnectAfterMs: number }).reconnectAfterMs }
  const isError = event === 'error' || event === 'session_revoked'
  return {
    error: isError ? errorOf({ status: 401, ...(payload as { code: Problem['code'] }) }) : null,
    reconnectAfterMs: null,
  }
}

const errorOf = (problem: Partial<Problem> & { code: Problem['code'] }): ParleyError =>
  new ParleyError({ title: problem.code, ...problem })

const unreachable = (cause?: unknown): ParleyError =>
  new ParleyError({ code: 'network-error', title: 'There is no connection to the server' }, cause)
