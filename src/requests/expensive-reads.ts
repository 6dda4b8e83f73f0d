import pLimit, { type LimitFunction } from 'p-limit'
import { RequestRefused } from './request-refused.js'

export interface ExpensiveReadBounds {
  /** At once for one user; more wait, in their order. */
  perUser: number
  waitingPerUser: number
  /** At once on this node, so that cheap requests always find a connection to the database. */
  inAll: number
}

const BOUNDS: ExpensiveReadBounds = { perUser: 4, waitingPerUser: 100, inAll: 12 }

/** Runs a read when its user has a place for it. @throws RequestRefused `too-busy` where too many of the user's wait already */
export type RunExpensiveRead = <Result>(userId: string, read: () => Promise<Result>) => Promise<Result>

/** Nobody holds more than a few of the node's places for reads that cost much, however many they ask for at once. */
export function createExpensiveReads({
  perUser,
  waitingPerUser,
  inAll,
}: ExpensiveReadBounds = BOUNDS): RunExpensiveRead {
  const ofAll = pLimit(inAll)
  const ofUsers = new Map<string, LimitFunction>()

  return async (userId, read) => {
    const ofUser = ofUsers.get(userId) ?? pLimit(perUser)
    if (ofUser.pendingCount >= waitingPerUser) throw new RequestRefused({ code: 'too-busy' })
    ofUsers.set(userId, ofUser)
    try {
      return await ofUser(() => ofAll(read))
    } finally {
      if (ofUser.activeCount + ofUser.pendingCount === 0) ofUsers.delete(userId)
    }
  }
}
