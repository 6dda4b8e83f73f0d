import { randomUUID } from 'node:crypto'
import { attempt } from '../../async/attempt.js'
import { createOutage, type FailureReport } from '../../async/outage.js'
import type { RedisConnection } from '../../limits/redis.js'
import { createLocalPresence } from './local-presence.js'
import type { ConnectedSocket, Presence, PresenceListener, PresenceStore } from './presence.js'
import { BEAT, LEAVE, LOOK, READ } from './redis-scripts.js'

/** A socket counts as connected for so long after its node's last heartbeat. */
const TTL_MS = 20_000
const BEAT_MS = 5_000
/** How often a node looks for changes, also for sockets that have expired. */
const LOOK_MS = 1_000
/** Sockets of one call. */
const MANY = 1_000

export interface RedisPresenceOptions {
  /** Keeps installations apart that share one Redis. */
  logId: string
  report: FailureReport
  /** Of this process, for what Redis cannot say. */
  clock: () => Date
  ttlMs?: number
  beatMs?: number
  lookMs?: number
}

/**
 * Of all nodes that share a Redis. Each node repeats its own sockets every few seconds, so that those of a crashed node expire, and those
 * that Redis forgot come back. Times are those of Redis. While it is away, each node knows its own sockets alone.
 */
export function createRedisPresence(redis: RedisConnection, options: RedisPresenceOptions): PresenceStore {
  const { client, ask, write } = redis
  const { logId, report, clock, ttlMs = TTL_MS, beatMs = BEAT_MS, lookMs = LOOK_MS } = options
  const prefix = `parley:{presence:${logId}}`
  /** What is known while Redis is away. */
  const local = createLocalPresence(clock)
  const own = new Map<string, ConnectedSocket>()
  const listeners: PresenceListener[] = []
  let lastChange = -1
  /** Of the data in Redis, once it was asked. */
  let dataId = ''
  let isLooking = false
  let forgotten: NodeJS.Timeout | undefined
  const outage = createOutage('presence', report)

  const run = (script: string, ...values: (string | number)[]): Promise<unknown> =>
    client.eval(script, 1, prefix, ...values)
  const beat = (sockets: readonly ConnectedSocket[]): Promise<unknown> =>
    write(() => run(BEAT, ttlMs, ...sockets.flatMap(({ userId, socketId }) => [userId, socketId])))
  const leave = ({ userId, socketId }: ConnectedSocket): Promise<unknown> => write(() => run(LEAVE, userId, socketId))

  async function repeat(): Promise<void> {
    const sockets = [...own.values()]
    for (let from = 0; from < sockets.length; from += MANY) await beat(sockets.slice(from, from + MANY))
  }

  async function look(): Promise<void> {
    const [last, id, userIds] = (await write(() => run(LOOK, lastChange, dataId, randomUUID()))) as Changes
    if (lastChange >= 0 && (id !== dataId || last < lastChange)) wasForgotten()
    lastChange = last
    dataId = id
    for (const userId of userIds) for (const { onChanged } of listeners) onChanged(userId)
  }

  /** Who went while Redis was away is in no list of changes. By then, every node has repeated its own sockets. */
  function wasForgotten(): void {
    clearTimeout(forgotten)
    forgotten = setTimeout(() => {
      for (const { onForgotten } of listeners) onForgotten()
    }, 2 * beatMs)
  }

  /** One at a time, so that no change is told twice. */
  async function lookAlone(): Promise<void> {
    if (isLooking) return
    isLooking = true
    await look().finally(() => (isLooking = false))
  }

  /** What fails now is made good by a later heartbeat. */
  const begin = (work: () => Promise<unknown>): void => void attempt(outage, work, null)

  begin(lookAlone)
  const timers = [setInterval(() => begin(repeat), beatMs), setInterval(() => begin(lookAlone), lookMs)]

  return {
    connected(socket) {
      own.set(socket.socketId, socket)
      local.connected(socket)
      begin(() => beat([socket]))
    },
    disconnected(socket) {
      own.delete(socket.socketId)
      local.disconnected(socket)
      begin(() => leave(socket))
    },
    forget(userId) {
      local.forget(userId)
      begin(() => write(() => client.hdel(`${prefix}:seen`, userId)))
    },
    async read(userIds) {
      try {
        const rows = (await ask(() => run(READ, ...userIds))) as PresenceRow[]
        return userIds.map((userId, index) => presenceOf(userId, rows[index]))
      } catch {
        return await local.read(userIds)
      }
    },
    listen: (listener) => void listeners.push(listener),
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer)
      clearTimeout(forgotten)
      await Promise.allSettled(Array.from(own.values(), leave))
      own.clear()
    },
  }
}

type Changes = [last: number, id: string, userIds: string[]]

type PresenceRow = [devices: number, seen: string | null]

function presenceOf(userId: string, row: PresenceRow = [0, null]): Presence {
  const [deviceCount, seen] = row
  return { userId, isOnline: deviceCount > 0, lastSeen: seen === null ? null : new Date(Number(seen)), deviceCount }
}
