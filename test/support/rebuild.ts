import { expect } from 'chai'
import type { Pool } from 'pg'
import type { EventLog } from '../../src/eventstore/event-log.js'
import { beginGeneration, isUnderWay, readGenerations } from '../../src/projections/engine/generations.js'
import type { Projection } from '../../src/projections/engine/projection.js'
import { startRebuilder, type RebuilderDeps } from '../../src/projections/engine/rebuild/start-rebuilder.js'
import { createPool } from '../../src/postgres/pool.js'
import { eventually } from './eventually.js'
import { noFailures } from './failure-report.js'

export interface RebuildSide {
  pool: Pool
  log: EventLog
  readSkipped?: RebuilderDeps['readSkipped']
}

/** Of a log with a million events, as the benchmark has it. */
const MAX_MS = 1_800_000

/** Builds the projection again beside the tables in use, and has queries use the new ones. */
export const rebuild = (side: RebuildSide, projection: Projection): Promise<void> => rebuildAll(side, [projection])

/** Several in one pass over the log. */
export async function rebuildAll(side: RebuildSide, projections: readonly Projection[]): Promise<void> {
  const { pool, log, readSkipped = () => Promise.resolve(new Map()) } = side
  for (const projection of projections)
    expect(await beginGeneration(pool, projection, { start: log.start, state: 'building' })).to.be.a('number')
  await using rebuilder = startRebuilder({
    ...{ pool, log, readSkipped, projections, report: noFailures },
    openBuildPool: () => createPool(pool.options as Parameters<typeof createPool>[0]),
  })
  rebuilder.wakeUp()
  await eventually(async () => expect((await readGenerations(pool, projections)).some(isUnderWay)).to.equal(false), {
    timeoutMs: MAX_MS,
  })
}
