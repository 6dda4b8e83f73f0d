import pLimit, { type LimitFunction } from 'p-limit'
import { RequestRefused } from './request-refused.js'

export interface KeyedBounds {
  /** At once for one key, such as a user or a socket; more wait, in their order. */
  perKey: number
  waitingPerKey: number
  /** At once on this node; `Infinity` for no bound. */
  inAll: number
  /** More than `inAll` of all keys together; no bound by default. */
  waitingInAll?: number
}

/** Runs a request when its key has a place for it. @throws RequestRefused `too-busy` where too many wait already, of the key or in all */
export type RunLimited = <Result>(key: string, run: () => Promise<Result>) => Promise<Result>

/** No user, or no socket, runs more than a few of these requests at once, however many it sends. */
export function createKeyedLimit({ perKey, waitingPerKey, inAll, waitingInAll = Infinity }: KeyedBounds): RunLimited {
  const ofAll = pLimit(inAll)
  const ofKeys = new Map<string, LimitFunction>()
  let accepted = 0

  return async (key, run) => {
    const ofKey = ofKeys.get(key) ?? pLimit(perKey)
    if (ofKey.pendingCount >= waitingPerKey || accepted >= inAll + waitingInAll)
      throw new RequestRefused({ code: 'too-busy' })
    ofKeys.set(key, ofKey)
    accepted++
    try {
      return await ofKey(() => ofAll(run))
    } finally {
      accepted--
      if (ofKey.activeCount + ofKey.pendingCount === 0) ofKeys.delete(key)
    }
  }
}
