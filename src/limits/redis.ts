import { Redis, ReplyError } from 'ioredis'
import { createOutage, type FailureReport } from '../async/outage.js'

/** Redis normally answers within a millisecond; no caller waits longer than this. */
const ANSWER_TIMEOUT_MS = 200
const NO_ANSWER = 'no answer'
const CONNECT_MS = 2_000
const SLOWEST_RETRY_MS = 1_000

/** Redis did not answer in time. */
export class RedisTimeoutError extends Error {
  override readonly name = 'RedisTimeoutError'
  constructor() {
    super(NO_ANSWER)
  }
}

export interface RedisHealth {
  status: 'ok' | 'degraded'
  latencyMs: number | null
  reason: string | null
}

/** A connection that reconnects by itself and never makes a caller wait for long. */
export interface RedisConnection extends AsyncDisposable {
  client: Redis
  /**
   * Runs one call of the client, with a timeout of 200 ms. On a timeout the connection is dropped, so that further calls fail at once
   * until it is re-established. Where Redis refuses the call, as when its memory is full, that is reported as `redis`.
   * @throws what the call rejects with, or RedisTimeoutError
   */
  ask<Answer>(call: () => Promise<Answer>): Promise<Answer>
  /** The same for a call that writes; when Redis takes it, reported refusals have ended. */
  write<Answer>(call: () => Promise<Answer>): Promise<Answer>
  /** Resolves when the first attempt to connect has succeeded or failed. */
  tried: Promise<string | null>
  health(): Promise<RedisHealth>
}

export interface RedisOptions {
  url: string
  report: FailureReport
  /** Called once when Redis becomes unreachable, and once when it is back. */
  onChange?: (state: 'away' | 'back', reason: string | null) => void
}

/** Connects in the background, so that a node starts and serves without Redis. While it is unreachable commands fail at once and are not queued. */
export function openRedis({ url, report, onChange = () => undefined }: RedisOptions): RedisConnection {
  const client = new Redis(url, {
    connectTimeout: CONNECT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(SLOWEST_RETRY_MS, 50 * times),
    connectionName: 'parley',
  })
  const refusals = createOutage('redis', report)
  let isAway = false
  let isDropped = false
  let reason: string | null = null

  function away(why: string | null): void {
    reason = why ?? reason
    if (isAway) return
    isAway = true
    onChange('away', reason)
  }

  const tried = new Promise<string | null>((resolve) => {
    client.once('error', (error: Error) => resolve(refusalOf(error)))
    client.once('ready', () => resolve(null))
    client.once('close', () => resolve(null))
  })
  client.on('error', (error: Error) => away(reasonOf(error)))
  client.on('close', () => {
    isDropped = false
    away(null)
  })
  client.on('ready', () => {
    if (isAway) onChange('back', null)
    isAway = false
    reason = null
  })

  function giveUp(): Error {
    away(NO_ANSWER)
    if (!isDropped) client.disconnect(true) // once for all calls that wait: each call of it listens to the socket
    isDropped = true
    return new RedisTimeoutError()
  }

  /** After the timer it yields once more: if this process was busy, the answer may have arrived unread. */
  const answerOf = <Answer>(call: () => Promise<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      let isOpen = true
      const checkOnceMore = (): void => {
        if (isOpen) reject(giveUp())
      }
      const timer = setTimeout(() => setImmediate(checkOnceMore), ANSWER_TIMEOUT_MS)
      void call()
        .then(resolve, reject)
        .finally(() => {
          isOpen = false
          clearTimeout(timer)
        })
    })

  async function ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await answerOf(call)
    } catch (error) {
      if (error instanceof ReplyError) refusals.failed(error)
      throw error
    }
  }

  async function write<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const answer = await ask(call)
    refusals.succeeded()
    return answer
  }

  return {
    client,
    ask,
    write,
    tried,
    async health() {
      const began = performance.now()
      try {
        await ask(() => client.ping())
        return { status: 'ok', latencyMs: performance.now() - began, reason: null }
      } catch (error) {
        return { status: 'degraded', latencyMs: null, reason: reason ?? reasonOf(error) }
      }
    },
    [Symbol.asyncDispose]() {
      client.removeAllListeners('close')
      client.disconnect()
      return Promise.resolve()
    },
  }
}

/** What Redis answered in place of letting us in, such as `WRONGPASS …`; null for any other error. */
const refusalOf = (error: unknown): string | null => (error instanceof ReplyError ? (error as Error).message : null)

/** A code or our own phrase; error messages may contain host names. */
const reasonOf = (error: unknown): string =>
  refusalOf(error)?.split(' ')[0] ?? (error as { code?: string }).code ?? NO_ANSWER
