import { addressKey } from './address-key.js'
import type { ClientInfo } from '../domain/client-info.js'
import { createLocalWindow, type LocalWindow } from './local-window.js'
import { createConcurrencyLimit } from './concurrency-limit.js'
import type { Quota, Refusal } from './quota.js'

const A_MINUTE = 60
/** 50 a second for a minute: more than the clients of one user need. */
const PER_USER = 3_000
/** For requests without a valid token; many users may share an address. */
const PER_ADDRESS = 1_200
/** Refused messages do not count against the `messages` limit, so they have one of their own: 10 a second. */
const REFUSED_MESSAGES = 600
/** Each connection costs memory and receives every frame of its user. */
const CONNECTIONS_PER_USER = 100

/** What requests and client events count against. Messages have a limit of their own. */
export interface RequestLimits {
  /** Counts for the user, by what the request costs, or without one for the address. Null when limits are off. */
  take(client: ClientInfo, userId: string | null, cost?: number): Quota | Refusal | null
  /** Whether the address has used up its requests. */
  isSpent(ip: string): boolean
  /** Asked before a message or an edit: not null once too many of the user's messages were refused. */
  refusalOfMessage(client: ClientInfo, userId: string): Refusal | null
  /** Counts a message that was refused. */
  takeRefusedMessage(userId: string): void
  /** Null if the user may open one more connection; `closeConnection` must then be called for it. */
  openConnection(client: ClientInfo, userId: string): Refusal | null
  closeConnection(userId: string): void
}

export interface RequestLimitsOptions {
  isOn: boolean
  onRefused(limit: string, client: ClientInfo, userId: string | null): void
  perUser?: number
  perAddress?: number
  refusedMessages?: number
  connectionsPerUser?: number
}

/**
 * Counted on each node separately, even with Redis: a round trip per request would cost more than most requests, and these limits
 * protect a node rather than keep a promise to users.
 */
export function createRequestLimits(options: RequestLimitsOptions): RequestLimits {
  const {
    isOn,
    onRefused,
    perUser = PER_USER,
    perAddress = PER_ADDRESS,
    refusedMessages = REFUSED_MESSAGES,
    connectionsPerUser = CONNECTIONS_PER_USER,
  } = options
  const minute = (name: string, points: number): LocalWindow => createLocalWindow({ name, points, seconds: A_MINUTE })
  const users = minute('requests', perUser)
  const addresses = minute('address', perAddress)
  const refused = minute('refused-messages', refusedMessages)
  const connections = createConcurrencyLimit('connections', connectionsPerUser)
  return {
    take(client, userId, cost = 1) {
      if (!isOn) return null
      const taken = userId === null ? addresses.take(addressKey(client.ip)) : users.take(userId, cost)
      if ('retryAfterMs' in taken) onRefused(taken.name, client, userId)
      return taken
    },
    isSpent: (ip) => isOn && addresses.refusalOf(addressKey(ip)) !== null,
    refusalOfMessage(client, userId) {
      const refusal = isOn ? refused.refusalOf(userId) : null
      if (refusal !== null) onRefused(refusal.name, client, userId)
      return refusal
    },
    takeRefusedMessage(userId) {
      if (isOn) refused.take(userId)
    },
    openConnection(client, userId) {
      const refusal = isOn ? connections.acquire(userId) : null
      if (refusal !== null) onRefused(refusal.name, client, userId)
      return refusal
    },
    closeConnection(userId) {
      if (isOn) connections.release(userId)
    },
  }
}
