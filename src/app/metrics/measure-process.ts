import { statfs } from 'node:fs/promises'
import type { Pool } from 'pg'
import type { CacheUse } from '../../async/cache-use.js'
import type { Metrics } from '../metrics.js'
import { measure, shared } from './measure.js'

type PoolUse = Pick<Pool, 'totalCount' | 'idleCount' | 'waitingCount'>

/** Connections of each database. */
export function measurePools({ measured }: Metrics, pools: Readonly<Record<string, PoolUse>>): void {
  const all = Object.entries(pools)
  measure(measured.poolConnections, () =>
    all.flatMap(([database, { totalCount, idleCount }]) => [
      { labels: { database, state: 'idle' }, value: idleCount },
      { labels: { database, state: 'busy' }, value: totalCount - idleCount },
    ]),
  )
  measure(measured.poolWaiting, () =>
    all.map(([database, { waitingCount }]) => ({ labels: { database }, value: waitingCount })),
  )
}

/** Both are counts since the start of this process. */
export function measureCaches({ measured }: Metrics, caches: Readonly<Record<string, CacheUse>>): void {
  const all = Object.entries(caches)
  measure(measured.cacheHits, () => all.map(([cache, { hits }]) => ({ labels: { cache }, value: hits })))
  measure(measured.cacheMisses, () => all.map(([cache, { misses }]) => ({ labels: { cache }, value: misses })))
}

/** Of the disk that holds the data directory; nothing where there is no such directory. */
export function measureDisk({ measured }: Metrics, dataDir: string): void {
  const ask = shared(() => statfs(dataDir))
  measure(measured.diskFree, async () => [await ask().then(({ bavail, bsize }) => ({ value: bavail * bsize }))])
  measure(measured.diskSize, async () => [await ask().then(({ blocks, bsize }) => ({ value: blocks * bsize }))])
}
