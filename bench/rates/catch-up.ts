import { noFailures } from '../../test/support/failure-report.js'
import { openProjection, resetProjection } from '../../src/projections/engine/checkpoint.js'
import { startRunner } from '../../src/projections/engine/runner.js'
import { withFoundations } from './with-core.js'

/** Throws the conversations away and makes them again from the whole log; events a second. No server may be running. */
export const catchUp = (_: null): Promise<{ rate: number; table: string }> =>
  withFoundations(async ({ log, projections: { conversations }, databases: { main: pool } }) => {
    await resetProjection(pool, conversations, log.start)
    const open = await openProjection(pool, conversations, log)
    const head = await log.head()
    const began = performance.now()
    await using runner = startRunner(open, { log, pool, report: noFailures })
    await runner.progress.reached(head)
    const rate = (log.countBetween(log.start, head) * 1000) / (performance.now() - began)
    return { rate, table: open.table('messages') }
  })
