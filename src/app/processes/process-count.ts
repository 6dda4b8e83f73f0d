import { availableParallelism } from 'node:os'
import type { Config } from '../config.js'

export interface ProcessCount {
  count: number
  /** For the operator, where `auto` could not have all cores. */
  note: string | null
}

/** How many server processes PARLEY_PROCESSES asks for; `auto` is one for each core, and one in all without Redis. */
export function processCount(
  { processes, redisUrl }: Pick<Config, 'processes' | 'redisUrl'>,
  cores = availableParallelism(),
): ProcessCount {
  if (processes !== 'auto') return { count: processes, note: null }
  if (redisUrl !== null || cores === 1) return { count: cores, note: null }
  return {
    count: 1,
    note: `PARLEY_PROCESSES=auto: one process on ${cores} cores, since several require REDIS_URL, which is not set`,
  }
}
