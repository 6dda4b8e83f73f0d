import { io, type Socket } from 'socket.io-client'
import { backoffMs, type BackoffOptions } from '../async/backoff.js'
import { delay } from '../async/delay.js'
import { createEmitter } from '../async/emitter.js'
import { ParleyError, type Problem } from '../parley-error.js'
import type { Session } from '../session/session.js'
import { keepAuthenticated } from './keep-authenticated.js'
import type { Ready } from './server-events.js'

/** `offline`: not connected, and not trying to be. */
export type ConnectionState = 'offline' | 'connecting' | 'online'

/** An event as it came over the socket. */
export interface ReceivedEvent {
  event: string
  payload: unknown
}

export type Ack = { ok: true; position?: string } & Record<string, unknown>

/** One socket that is connected again whenever it was lost, at the time that the server asks for. */
export interface Connection {
  readonly state: ConnectionState
  /** Resolves when the server has sent `ready`. @throws ParleyError where the server refuses for good, or nobody is logged in */
  connect(): Promise<void>
  disconnect(): void
  /** Resolves when it is online, or when `signal` aborts. */
  online(signal: AbortSignal): Promise<void>
  /** Emits with an ack. @throws ParleyError the server's refusal, or `network-error` where no ack came */
  ask(event: string, payload: object): Promise<Ack>
  /** Emits without an ack, and only while online. */
  tell(event: string, payload: object): void
  onEvent(listener: (received: ReceivedEvent) => void): () => void
  onReady(listener: (ready: Ready) => void): () => void
  onState(listener: (state: ConnectionState) => void): () => void
  /** Failures that the server reports without an ack, and those that end the connection. */
  onError(listener: (error: ParleyError) => void): () => void
}

export interface ConnectionDeps {
  url: string
  session: Pick<Session, 'accessToken' | 'expiresAt' | 'ended' | 'onChange'>
  /** What the next handshake resumes from. */
  cursors: () => Record<string, number>
  /** Called where the server has less than these cursors: it may have been restored from a backup. */
  onCursorsRefused?: () => void
  ackTimeoutMs?: number
  backoff?: BackoffOptions
}

/** Why an attempt ended: it was online before, or it was refused. */
interface Ended {
  wasOnline: boolean
  error: ParleyError | null
  /** As the server asked. */
  reconnectAfterMs: number | null
}

/** With a new token the server accepts the socket. */
const NEEDS_TOKEN = new Set<string>(['token-expired', 'token-revoked', 'invalid-token'])

export function createConnection(deps: ConnectionDeps): Connection {
  const { url, session, cursors, onCursorsRefused = () => undefined, ackTimeoutMs = 15_000, backoff } = deps
  const events = createEmitter<ReceivedEvent>()
  const readies = createEmitter<Ready>()
  const states = createEmitter<ConnectionState>()
  const errors = createEmitter<ParleyError>()
  let state: ConnectionState = 'offline'
  let socket: Socket | null = null
  let running: { abort: AbortController; firstReady: Promise<void> } | null = null

  function enter(next: ConnectionState): void {
    if (next === state) return
    state = next
    states.emit(next)
  }

  /** One socket, from its handshake to its end. */
  async function attempt(token: string, signal: AbortSignal): Promise<Ended> {
    const auth = { token, cursors: cursors() }
    const current = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false })
    socket = current
    let reconnectAfterMs: number | null = null
    let wasOnline = false
    let last: ParleyError | null = null
    const stopAuthenticating = keepAuthenticated(session, token, (renewed) => ask('authenticate', { token: renewed }))
    current.onAny((event: string, payload: unknown) => {
      last = null // only the last event before the end explains it
      if (event === 'ready') {
        wasOnline = true
        readies.emit(payload as Ready)
        enter('online')
      } else if (event === 'server_draining')
        reconnectAfterMs = (payload as { reconnectAfterMs: number }).reconnectAfterMs
      else if (event === 'session_revoked') last = problemError({ ...(payload as Problem), status: 401 })
      else if (event === 'error') errors.emit((last = problemError(payload as Problem)))
      else events.emit({ event, payload })
    })
    const error = await ended(current, signal)
    stopAuthenticating()
    current.disconnect()
    socket = null
    return { wasOnline, error: error ?? last, reconnectAfterMs }
  }

  async function run(signal: AbortSignal, onReady: () => void): Promise<void> {
    let refused: string | undefined
    const isStopped = (): boolean => signal.aborted
    for (let failures = 0; !isStopped();) {
      enter('connecting')
      const stop = readies.listen(onReady)
      const { wasOnline, error, reconnectAfterMs, token } = await connectOnce(refused, signal).finally(stop)
      if (isStopped()) return
      failures = wasOnline ? 0 : failures + 1
      refused = undefined
      enter('connecting')
      const code = error?.code ?? ''
      if (code === 'session-revoked') {
        await session.ended()
        throw new ParleyError({ code: 'signed-out', title: 'The session has ended' }, error)
      }
      if (code === 'cursor-ahead') onCursorsRefused()
      else if (NEEDS_TOKEN.has(code)) {
        refused = token
        if (failures === 1) continue
      } else if (error !== null && isFinal(error)) throw error
      const asked = reconnectAfterMs ?? (error?.retryAfterSeconds == null ? null : error.retryAfterSeconds * 1_000)
      await delay(asked ?? backoffMs(failures, backoff), signal)
    }
  }

  async function connectOnce(refused: string | undefined, signal: AbortSignal): Promise<Ended & { token: string }> {
    let token = ''
    try {
      token = await session.accessToken(refused === undefined ? {} : { refused })
      return { ...(await attempt(token, signal)), token }
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error
      return { wasOnline: false, error, reconnectAfterMs: null, token }
    }
  }

  async function ask(event: string, payload: object): Promise<Ack> {
    const lost = (cause?: unknown) =>
      new ParleyError({ code: 'network-error', title: 'The connection was lost before the answer came' }, cause)
    if (socket?.connected !== true) throw lost()
    const asked = socket.timeout(ackTimeoutMs).emitWithAck(event, payload) as Promise<
      Ack | { ok: false; error: Problem }
    >
    const answer = await asked.catch((error: unknown) => Promise.reject(lost(error)))
    if (answer.ok) return answer
    throw problemError(answer.error)
  }

  function start(): Promise<void> {
    const abort = new AbortController()
    const firstReady = new Promise<void>((resolve, reject) => {
      run(abort.signal, resolve)
        .catch((error: unknown) => {
          if (error instanceof ParleyError) errors.emit(error)
          reject(error)
        })
        .finally(() => {
          if (running?.abort === abort) running = null
          enter('offline')
          reject(new ParleyError({ code: 'closed', title: 'The client was disconnected' }))
        })
    })
    running = { abort, firstReady }
    return firstReady
  }

  return {
    get state() {
      return state
    },
    connect: () => running?.firstReady ?? start(),
    disconnect() {
      running?.abort.abort()
      running?.firstReady.catch(() => undefined)
      running = null
      enter('offline')
    },
    online(signal) {
      if (state === 'online') return Promise.resolve()
      return new Promise((resolve) => {
        const finish = (): void => {
          stop()
          signal.removeEventListener('abort', finish)
          resolve()
        }
        const stop = states.listen((next) => next === 'online' && finish())
        signal.addEventListener('abort', finish)
        if (signal.aborted) finish()
      })
    },
    ask,
    tell(event, payload) {
      if (state === 'online') socket?.volatile.emit(event, payload)
    },
    onEvent: (listener) => events.listen(listener),
    onReady: (listener) => readies.listen(listener),
    onState: (listener) => states.listen(listener),
    onError: (listener) => errors.listen(listener),
  }
}

const problemError = (problem: Partial<Problem> & { code: Problem['code'] }): ParleyError =>
  new ParleyError({ title: problem.code, ...problem })

/** Nothing that the client may do by itself changes this. */
const isFinal = ({ code, status }: ParleyError): boolean =>
  code === 'signed-out' || (status >= 400 && status < 500 && status !== 401 && status !== 429)

/** Resolves when the socket is refused, lost or no longer wanted; with the refusal, where there is one. */
function ended(socket: Socket, signal: AbortSignal): Promise<ParleyError | null> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true })
    socket.once('disconnect', () => resolve(null))
    socket.once('connect_error', (error: Error & { data?: Problem }) =>
      resolve(
        error.data === undefined
          ? new ParleyError({ code: 'network-error', title: 'The server could not be reached' }, error)
          : problemError(error.data),
      ),
    )
  })
}
