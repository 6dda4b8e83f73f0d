import { readCheckpoint } from '../../src/projections/engine/checkpoint.js'
import { openProjection } from '../../src/projections/engine/open-projection.js'
import { tableName } from '../../src/projections/engine/projection.js'
import { rebuildAll } from '../../test/support/rebuild.js'
import { withFoundations } from './with-core.js'

const MEBIBYTE = 2 ** 20

export interface Rebuilt {
  /** Events a second. */
  rate: number
  /** Of the messages that were built. */
  table: string
  /** Memory that this process held when it began, and the most that it held. */
  beforeMib: number
  peakMib: number
}

/** Builds the conversations, or all projections, again from the whole log. */
export const rebuild = ({ all }: { all: boolean }): Promise<Rebuilt> =>
  withFoundations(async ({ log, projections, databases: { main: pool } }) => {
    const { conversations } = projections
    const wanted = all ? Object.values(projections) : [conversations]
    for (const projection of wanted) await openProjection(pool, projection, log)
    const head = await log.head()
    const beforeMib = process.memoryUsage.rss() / MEBIBYTE
    const began = performance.now()
    await rebuildAll({ pool, log }, wanted)
    const rate = (log.countBetween(log.start, head) * 1000) / (performance.now() - began)
    const generation = (await readCheckpoint(pool, conversations))?.generation ?? 0
    const peakMib = (process.resourceUsage().maxRSS * 1024) / MEBIBYTE
    return { rate, table: tableName(conversations, generation)('messages'), beforeMib, peakMib }
  })
