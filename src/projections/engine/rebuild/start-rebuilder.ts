import type { Pool } from 'pg'
import { createOutage, type FailureReport } from '../../../async/outage.js'
import { createSignal } from '../../../async/signal.js'
import { createBatchLimit } from '../apply-in-batches.js'
import { endStaleBatch } from '../checkpoint.js'
import { isUnderWay, readGenerations, type Generation } from '../generations.js'
import { createLease, type Lease } from '../lease.js'
import type { Projection } from '../projection.js'
import type { SkippedEvents } from '../skipped-events.js'
import { buildLeaseKey, createBuild, type Build } from './build.js'
import type { BuildLog } from './read-between.js'
import { runBuilds } from './run-builds.js'

export interface RebuilderDeps {
  /** For short statements. */
  pool: Pool
  /** For statements that may take minutes; opened while something is built. */
  openBuildPool(): Pool
  log: BuildLog
  projections: readonly Projection[]
  readSkipped(): Promise<SkippedEvents>
  report: FailureReport
  /** How often it looks for generations to build; 1 s by default. */
  pollMs?: number
}

/** Builds generations that were asked for, until it is disposed. */
export interface Rebuilder extends AsyncDisposable {
  /** There may be something to build. */
  wakeUp(): void
}

/**
 * Looks for generations that are to be built, and builds those whose lease is free: all of them in one pass. Any number of these may run,
 * in any number of processes; where one ends, another goes on from the generation's checkpoint.
 */
export function startRebuilder(deps: RebuilderDeps): Rebuilder {
  const { pool, openBuildPool, log, projections, readSkipped, report, pollMs = 1_000 } = deps
  const leases = new Map<Projection, Lease>(projections.map((one) => [one, createLease(pool, buildLeaseKey(one))]))
  const batchLimits = new Map(projections.map((one) => [one, createBatchLimit()]))
  const outage = createOutage('rebuild', report)
  const wake = createSignal()
  const stop = new AbortController()
  const { signal } = stop

  async function findClaimed(): Promise<[Projection, Generation][]> {
    const waiting = (await readGenerations(pool, projections))
      .filter(isUnderWay)
      .filter(({ failure }) => failure === null)
    const claimed: [Projection, Generation][] = []
    for (const row of waiting) {
      const projection = projections.find(({ name }) => name === row.name)
      if (projection === undefined || !(await leases.get(projection)?.claim())) continue
      await endStaleBatch(pool, projection, 'projection_generations')
      claimed.push([projection, row])
    }
    return claimed
  }

  async function buildAll(claimed: readonly [Projection, Generation][]): Promise<void> {
    const buildPool = openBuildPool()
    try {
      const skipped = await readSkipped()
      const builds = claimed.flatMap(([projection, row]): Build[] => {
        const [lease, batchLimit] = [leases.get(projection), batchLimits.get(projection)]
        const own = skipped.get(projection.name) ?? new Set()
        return lease && batchLimit
          ? [createBuild(row, { pool: buildPool, log, projection, lease, batchLimit, skipped: own })]
          : []
      })
      await runBuilds(builds, { pool: buildPool, log, signal, onFailed: (_, error) => outage.failed(error) })
    } finally {
      await Promise.all([...leases.values()].map((lease) => lease.giveUp()))
      await buildPool.end()
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const { count } = wake
      try {
        const claimed = await findClaimed()
        if (claimed.length > 0) await buildAll(claimed)
        outage.succeeded()
      } catch (error) {
        outage.failed(error)
      }
      await wake.wait(count, pollMs, signal)
    }
  }

  const running = run()
  return {
    wakeUp: () => wake.notify(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      for (const lease of leases.values()) await lease[Symbol.asyncDispose]()
    },
  }
}
