import { LRUCache } from 'lru-cache'
import { createKeyedMutex } from '../async/keyed-mutex.js'

/** One in progress and three that wait: more from one host would keep other hosts' links waiting. */
const MAX_QUEUED = 4
/** A host that took longer than this is left alone for a while. */
const SLOW_MS = 3_000
const SLOW_HOSTS = { max: 10_000, ttl: 60_000, ttlResolution: 0 }

/** Runs one fetch of a host at a time; `busy` where too many wait for the host already, or where it was slow of late. */
export type HostTurns = <Result>(host: string, fetch: () => Promise<Result>) => Promise<Result | 'busy'>

export function createHostTurns(now: () => number = () => performance.now()): HostTurns {
  const slow = new LRUCache<string, true>({ ...SLOW_HOSTS, perf: { now } })
  const queued = new Map<string, number>()
  const oneAtATime = createKeyedMutex()

  async function timed<Result>(host: string, fetch: () => Promise<Result>): Promise<Result | 'busy'> {
    if (slow.has(host)) return 'busy'
    const began = now()
    try {
      return await fetch()
    } finally {
      if (now() - began > SLOW_MS) slow.set(host, true)
    }
  }

  return async (host, fetch) => {
    const before = queued.get(host) ?? 0
    if (before >= MAX_QUEUED || slow.has(host)) return 'busy'
    queued.set(host, before + 1)
    try {
      return await oneAtATime(host, () => timed(host, fetch))
    } finally {
      const left = (queued.get(host) ?? 1) - 1
      if (left === 0) queued.delete(host)
      else queued.set(host, left)
    }
  }
}
