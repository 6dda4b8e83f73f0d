import { openProjection } from '../../src/projections/engine/open-projection.js'
import { readCheckpoint } from '../../src/projections/engine/checkpoint.js'
import { rebuild } from '../../test/support/rebuild.js'
import { withFoundations } from './with-core.js'

/** Builds the conversations again from the whole log; events a second. No server may be running. */
export const catchUp = (_: null): Promise<{ rate: number; table: string }> =>
  withFoundations(async ({ log, projections: { conversations }, databases: { main: pool } }) => {
    const open = await openProjection(pool, conversations, log)
    const head = await log.head()
    const began = performance.now()
    await rebuild({ pool, log }, conversations)
    const rate = (log.countBetween(log.start, head) * 1000) / (performance.now() - began)
    open.useGeneration((await readCheckpoint(pool, conversations))?.generation ?? 0)
    return { rate, table: open.table('messages') }
  })
