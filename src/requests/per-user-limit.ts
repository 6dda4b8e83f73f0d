import pLimit, { type LimitFunction } from 'p-limit'
import { RequestRefused } from './request-refused.js'

export interface PerUserBounds {
  /** At once for one user; more wait, in their order. */
  perUser: number
  waitingPerUser: number
  /** At once on this node; `Infinity` for no bound. */
  inAll: number
}

/** Runs a request when its user has a place for it. @throws RequestRefused `too-busy` where too many of the user's wait already */
export type RunLimited = <Result>(userId: string, run: () => Promise<Result>) => Promise<Result>

/** No user runs more than a few of these requests at once, however many they send. */
export function createPerUserLimit({ perUser, waitingPerUser, inAll }: PerUserBounds): RunLimited {
  const ofAll = pLimit(inAll)
  const ofUsers = new Map<string, LimitFunction>()

  return async (userId, run) => {
    const ofUser = ofUsers.get(userId) ?? pLimit(perUser)
    if (ofUser.pendingCount >= waitingPerUser) throw new RequestRefused({ code: 'too-busy' })
    ofUsers.set(userId, ofUser)
    try {
      return await ofUser(() => ofAll(run))
    } finally {
      if (ofUser.activeCount + ofUser.pendingCount === 0) ofUsers.delete(userId)
    }
  }
}
