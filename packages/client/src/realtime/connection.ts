import { backoffMs, type BackoffOptions } from '../async/backoff.js'
import { delay } from '../async/delay.js'
import { createEmitter } from '../async/emitter.js'
import { orAborted } from '../async/or-aborted.js'
import { ParleyError } from '../parley-error.js'
import type { Session } from '../session/session.js'
import { afterEnd } from './after-end.js'
import { keepAuthenticated } from './keep-authenticated.js'
import { openSocket, type Ack, type OpenSocket, type SocketEnd } from './open-socket.js'
import type { Ready } from './server-events.js'

/** `offline`: not connected, and not trying to be. */
export type ConnectionState = 'offline' | 'connecting' | 'online'

/** An event as it came over the socket. */
export interface ReceivedEvent {
  event: string
  payload: unknown
}

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
  /** Failures that the server reports without an ack, and the one that ends the connection for good. */
  onError(listener: (error: ParleyError) => void): () => void
}

export interface ConnectionDeps {
  url: string
  session: Pick<Session, 'accessToken' | 'expiresAt' | 'ended' | 'onChange'>
  /** What the next handshake resumes from. */
  cursors: () => Record<string, number>
  ackTimeoutMs?: number
  backoff?: BackoffOptions
  /** Waits between two attempts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

interface Attempt extends SocketEnd {
  wasOnline: boolean
  token: string | null
}

export function createConnection(deps: ConnectionDeps): Connection {
  const { session, ackTimeoutMs = 15_000, wait = delay } = deps
  const events = createEmitter<ReceivedEvent>()
  const readies = createEmitter<Ready>()
  const states = createEmitter<ConnectionState>()
  const errors = createEmitter<ParleyError>()
  let state: ConnectionState = 'offline'
  let socket: OpenSocket | null = null
  let running: { abort: AbortController; firstReady: Promise<void> } | null = null

  function enter(next: ConnectionState): void {
    if (next === state) return
    state = next
    states.emit(next)
  }

  function reportRefusal(error: unknown): void {
    if (error instanceof ParleyError && error.status > 0) errors.emit(error)
  }

  async function attempt(refused: string | null, signal: AbortSignal): Promise<Attempt> {
    let token: string | null = null
    try {
      token = await session.accessToken(refused === null ? {} : { refused })
      return { token, ...(await untilItEnds(token, signal)) }
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error
      return { token, wasOnline: false, error, reconnectAfterMs: null }
    }
  }

  async function untilItEnds(token: string, signal: AbortSignal): Promise<SocketEnd & { wasOnline: boolean }> {
    let wasOnline = false
    const opened = openSocket({
      url: deps.url,
      auth: { token, cursors: deps.cursors() },
      ackTimeoutMs,
      onError: (error) => errors.emit(error),
      onEvent(event, payload) {
        if (event !== 'ready') {
          events.emit({ event, payload })
          return
        }
        wasOnline = true
        readies.emit(payload as Ready)
        enter('online')
      },
    })
    socket = opened
    const authenticate = (renewed: string) => opened.ask('authenticate', { token: renewed })
    const stop = keepAuthenticated(session, token, authenticate, reportRefusal)
    const end = await orAborted(opened.ended, signal)
    stop()
    opened.close()
    socket = null
    return { wasOnline, ...(end ?? { error: null, reconnectAfterMs: null }) }
  }

  /** Connects again and again. @throws ParleyError what makes that pointless */
  async function run(signal: AbortSignal): Promise<void> {
    const isStopped = (): boolean => signal.aborted
    let refused: string | null = null
    for (let failures = 0; !isStopped();) {
      enter('connecting')
      const { wasOnline, error, reconnectAfterMs, token } = await attempt(refused, signal)
      if (isStopped()) return
      enter('connecting')
      failures = wasOnline ? 0 : failures + 1
      const next = afterEnd(error, wasOnline)
      if (next === 'sign-out') await session.ended()
      if (next === 'stop' || next === 'sign-out') throw error ?? new Error('stopped without a reason')
      refused = next === 'renew-token' ? token : null
      if (next === 'renew-token' && failures === 1) continue
      const asked = reconnectAfterMs ?? (error?.retryAfterSeconds == null ? null : error.retryAfterSeconds * 1_000)
      await wait(asked ?? backoffMs(failures, deps.backoff), signal)
    }
  }

  async function start(abort: AbortController): Promise<void> {
    const stopped = run(abort.signal).then(
      () => new ParleyError({ code: 'closed', title: 'The client was disconnected' }),
      (error: unknown) => {
        if (error instanceof ParleyError) errors.emit(error)
        return error instanceof Error ? error : new Error(String(error))
      },
    )
    const isReady = new Promise<null>((resolve) => {
      const stop = readies.listen(() => {
        stop()
        resolve(null)
      })
      void stopped.then(stop)
    })
    void stopped.then(() => {
      if (running?.abort !== abort) return
      running = null
      enter('offline')
    })
    const failure = await Promise.race([isReady, stopped])
    if (failure !== null) throw failure
  }

  return {
    get state() {
      return state
    },
    connect() {
      if (running === null) {
        const abort = new AbortController()
        running = { abort, firstReady: start(abort) }
        running.firstReady.catch(() => undefined) // whoever called `connect` has it too
      }
      return running.firstReady
    },
    disconnect() {
      running?.abort.abort()
      running = null
      enter('offline')
    },
    async online(signal) {
      if (state === 'online') return
      let stop = (): void => undefined
      const isOnline = new Promise<void>((resolve) => {
        stop = states.listen((next) => next === 'online' && resolve())
      })
      await orAborted(isOnline, signal)
      stop()
    },
    async ask(event, payload) {
      if (socket === null)
        throw new ParleyError({ code: 'network-error', title: 'There is no connection to the server' })
      return socket.ask(event, payload)
    },
    tell(event, payload) {
      if (state === 'online') socket?.tell(event, payload)
    },
    onEvent: (listener) => events.listen(listener),
    onReady: (listener) => readies.listen(listener),
    onState: (listener) => states.listen(listener),
    onError: (listener) => errors.listen(listener),
  }
}
