import { quantile } from '../statistics.js'

/** Work that arrives at random at one event loop. */
export interface Arrivals {
  perSecond: number
  us: number
  /** Somebody waits for it, so that its time counts. */
  isAwaited: boolean
}

export interface Simulated {
  /** Of the simulated time in which the event loop worked. */
  busy: number
  /** Milliseconds from a request's arrival to the end of its own work; it waits for what came before it. */
  p50: number
  p99: number
}

/**
 * One event loop that takes its work in the order in which it arrives, at times of a Poisson process, for so many seconds. `random` gives numbers from 0
 * up to 1. Waits for the disk are not in it: add the time of a commit to a send.
 */
export function simulateNode(kinds: readonly Arrivals[], seconds: number, random: () => number): Simulated {
  const total = kinds.reduce((sum, { perSecond }) => sum + perSecond, 0)
  const waits: number[] = []
  let now = 0
  let freeAt = 0
  let worked = 0
  for (;;) {
    now += (-Math.log(1 - random()) / total) * 1e6
    if (now >= seconds * 1e6) break
    const { us, isAwaited } = pick(kinds, random() * total)
    freeAt = Math.max(now, freeAt) + us
    worked += us
    if (isAwaited) waits.push((freeAt - now) / 1e3)
  }
  return { busy: worked / (seconds * 1e6), p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) }
}

function pick(kinds: readonly Arrivals[], at: number): Arrivals {
  let sum = 0
  for (const kind of kinds) {
    sum += kind.perSecond
    if (at < sum) return kind
  }
  throw new Error('there is nothing to do')
}
