import { addressKey } from './address-key.js'
import { createLocalWindow, type LocalWindow } from './local-window.js'
import { createOpenAtOnce } from './open-at-once.js'
import type { Quota, Refusal } from './quota.js'

const A_MINUTE = 60
/** 50 a second for a minute: more than any client of one person does. */
const PER_PERSON = 3_000
/** For those who have not said who they are, or not truly; many people may share an address. */
const PER_ADDRESS = 1_200
/** Messages that come to nothing take nothing from the limit of messages; ten a second are more than any mistake makes. */
const REFUSED_MESSAGES = 600
/** Each takes a place on the node, and gets all that the person is told: more than anybody has devices. */
const CONNECTIONS = 100

export interface Source {
  ip: string
  userAgent: string
}

/** What each request and each client event counts against, but for messages, which have a limit of their own. */
export interface RequestLimits {
  /** Counts for the person, or without one for the address. Null where limits are off. */
  take(source: Source, userId: string | null): Quota | Refusal | null
  /** Whether an address has nothing left. */
  isSpent(ip: string): boolean
  /** Before a message or an edit: not null where so many of the person's were refused that no more are looked at. */
  refusalOfMessage(source: Source, userId: string): Refusal | null
  /** After one that was refused. */
  takeRefusedMessage(userId: string): void
  /** Null where the person may hold one more connection, until it is given back. */
  openConnection(source: Source, userId: string): Refusal | null
  closeConnection(userId: string): void
}

export interface RequestLimitsOptions {
  isOn: boolean
  onRefused(limit: string, source: Source, userId: string | null): void
  perPerson?: number
  perAddress?: number
  refusedMessages?: number
  connectionsOfOne?: number
}

/**
 * Counted on each node for itself, also with Redis: a round trip for each request would cost more than most requests do, and these
 * bounds protect a node, not a promise.
 */
export function createRequestLimits(options: RequestLimitsOptions): RequestLimits {
  const {
    isOn,
    onRefused,
    perPerson = PER_PERSON,
    perAddress = PER_ADDRESS,
    refusedMessages = REFUSED_MESSAGES,
    connectionsOfOne = CONNECTIONS,
  } = options
  const minute = (name: string, points: number): LocalWindow => createLocalWindow({ name, points, seconds: A_MINUTE })
  const people = minute('requests', perPerson)
  const addresses = minute('address', perAddress)
  const refused = minute('refused-messages', refusedMessages)
  const connections = createOpenAtOnce('connections', connectionsOfOne)
  return {
    take(source, userId) {
      if (!isOn) return null
      const taken = userId === null ? addresses.take(addressKey(source.ip)) : people.take(userId)
      if ('retryAfterMs' in taken) onRefused(taken.name, source, userId)
      return taken
    },
    isSpent: (ip) => isOn && addresses.refusalOf(addressKey(ip)) !== null,
    refusalOfMessage(source, userId) {
      const refusal = isOn ? refused.refusalOf(userId) : null
      if (refusal !== null) onRefused(refusal.name, source, userId)
      return refusal
    },
    takeRefusedMessage(userId) {
      if (isOn) refused.take(userId)
    },
    openConnection(source, userId) {
      const refusal = isOn ? connections.open(userId) : null
      if (refusal !== null) onRefused(refusal.name, source, userId)
      return refusal
    },
    closeConnection(userId) {
      if (isOn) connections.close(userId)
    },
  }
}
