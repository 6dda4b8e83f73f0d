/** How often a cache had what it was asked for, and how often not. */
export interface CacheUse {
  hits: number
  misses: number
}

export const createCacheUse = (): CacheUse => ({ hits: 0, misses: 0 })
