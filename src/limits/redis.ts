import { Redis } from 'ioredis'

/** Redis answers within a millisecond; nobody waits longer than this for one that does not. */
const COMMAND_MS = 200
/** After it the connection is given up, so that the next commands fail at once instead of waiting too. */
const SILENCE_MS = 300
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
    commandTimeout: COMMAND_MS,
    socketTimeout: SILENCE_MS,
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

  return {
    client,
    tried,
    async health() {
      const began = performance.now()
      try {
        await client.ping()
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
const reasonOf = (error: unknown): string => (error as { code?: string }).code ?? 'no answer'
