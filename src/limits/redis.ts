import { Redis } from 'ioredis'

/** Redis answers within a millisecond; nobody waits longer than this for one that does not. */
const PATIENCE_MS = 200
const NO_ANSWER = 'no answer'
const CONNECT_MS = 2_000
const SLOWEST_RETRY_MS = 1_000

export interface RedisHealth {
  status: 'ok' | 'degraded'
  latencyMs: number | null
  reason: string | null
}

/** A connection that is made again by itself, and for which nobody has to wait. */
export interface RedisConnection extends AsyncDisposable {
  client: Redis
  /**
   * The answer of one call of the client, if it comes within 200 ms. Else the connection is given up, so that the next calls fail at once
   * instead of waiting too, until it is made again. @throws what the call rejects with
   */
  ask<Answer>(call: () => Promise<Answer>): Promise<Answer>
  /** Resolves when the first attempt to connect has come to its end, whatever that was. */
  tried: Promise<void>
  health(): Promise<RedisHealth>
}

export interface RedisOptions {
  url: string
  /** Told once when it goes away, and once when it is back. */
  onChange?: (state: 'away' | 'back', reason: string | null) => void
}

/** Connects in the background, so that a node starts and serves without Redis. Nothing is queued while it is away: commands fail at once. */
export function openRedis({ url, onChange = () => undefined }: RedisOptions): RedisConnection {
  const client = new Redis(url, {
    connectTimeout: CONNECT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(SLOWEST_RETRY_MS, 50 * times),
    connectionName: 'parley',
  })
  let isAway = false
  let reason: string | null = null

  function away(why: string | null): void {
    reason = why ?? reason
    if (isAway) return
    isAway = true
    onChange('away', reason)
  }

  const tried = new Promise<void>((resolve) => {
    client.once('ready', resolve)
    client.once('close', resolve)
  })
  client.on('error', (error: Error) => away(reasonOf(error)))
  client.on('close', () => away(null))
  client.on('ready', () => {
    if (isAway) onChange('back', null)
    isAway = false
    reason = null
  })

  function giveUp(): Error {
    away(NO_ANSWER)
    client.disconnect(true)
    return new Error(NO_ANSWER)
  }

  /** Looks once more after the timer: where this process was busy for so long, the answer lies there unread. */
  const ask = <Answer>(call: () => Promise<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      let isOpen = true
      const lookAgain = (): void => {
        if (isOpen) reject(giveUp())
      }
      const timer = setTimeout(() => setImmediate(lookAgain), PATIENCE_MS)
      void call()
        .then(resolve, reject)
        .finally(() => {
          isOpen = false
          clearTimeout(timer)
        })
    })

  return {
    client,
    ask,
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

/** A code or a phrase of ours: messages of errors name hosts. */
const reasonOf = (error: unknown): string => (error as { code?: string }).code ?? NO_ANSWER
