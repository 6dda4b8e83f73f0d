import { createOutage } from '../async/outage.js'
import { beginGeneration, clearFailures, dropBuilding, readGenerations } from './database/checkpoints.js'
import { readComparison, storeComparison, type Comparison } from './database/comparisons.js'
import { dropProjection } from './database/drop-projection.js'
import { readRunFacts } from './database/run-facts.js'
import { setStopped } from './database/stopped.js'
import { diffProjection, type ProjectionDiff } from './diff/diff-projection.js'
import type { AnalyticsDeps } from './analytics-deps.js'
import type { ProjectionState } from '../projections/engine/projection-states.js'
import { stateOf } from './projection-state.js'

/** An analyst's projection as operators and analysts handle it. The node that runs it obeys within a second. */
export interface AnalystsProjection {
  name: string
  /** Path of its file; null where there is none any more. */
  path: string | null
  state(): Promise<ProjectionState>
  /** Has it built again from the start, with the file as it is then, beside the tables that analysts see. False where a build is under way. */
  rebuild(): Promise<boolean>
  /** The same, only to compare both; in this process. False where a build is under way. */
  diff(): Promise<boolean>
  /** The same, for a caller who waits. @throws ProjectionFailedError, NothingToCompareError, BuildInterruptedError */
  compare(): Promise<ProjectionDiff>
  /** What the last comparison found; null where there is none, or not yet. */
  lastComparison(): Promise<Comparison | null>
  /** Ends its rebuild or comparison. False where there is none. */
  cancel(): Promise<boolean>
  /** Has it try again, with the file as it is then. False where it is not paused. */
  retry(): Promise<boolean>
  stop(): Promise<null>
  start(): Promise<void>
  /** Drops its tables and all that is recorded of it. A node that still finds a file of this name builds it again. */
  drop(): Promise<void>
  skip(): Promise<{ kind: 'never'; why: string }>
}

export interface AnalystsProjectionDeps extends AnalyticsDeps {
  name: string
  path: string | null
  /** Ends comparisons. */
  signal: AbortSignal
  track<Result>(running: Promise<Result>): Promise<Result>
}

export function createAnalystsProjection(deps: AnalystsProjectionDeps): AnalystsProjection {
  const { name, path, pool, log, report, track } = deps
  const comparing = createOutage(`projection-${name}-diff`, report)

  async function mayBuild(): Promise<boolean> {
    const building = (await readGenerations(pool, name)).find(({ isLive }) => !isLive)
    return path !== null && building?.failure !== null
  }

  async function runComparison(): Promise<ProjectionDiff> {
    if (path === null) throw new Error(`${name} has no file`)
    const found = await diffProjection({ ...deps, path })
    await storeComparison(pool, name, found.differences)
    return found
  }

  const compare = (): Promise<ProjectionDiff> => track(runComparison())

  return {
    name,
    path,
    async state() {
      const [generations, facts, head] = await Promise.all([
        readGenerations(pool, name),
        readRunFacts(pool),
        log.head(),
      ])
      return stateOf(deps, { ...facts, generations, head }, deps)
    },
    async rebuild() {
      if (!(await mayBuild())) return false
      await beginGeneration(pool, { name, version: 0, start: log.start })
      return true
    },
    async diff() {
      if (!(await mayBuild())) return false
      void compare().then(comparing.succeeded, comparing.failed)
      return true
    },
    compare,
    lastComparison: () => readComparison(pool, name),
    cancel: () => dropBuilding(pool, name),
    retry: () => clearFailures(pool, name),
    async stop() {
      await setStopped(pool, name, true)
      return null
    },
    start: () => setStopped(pool, name, false),
    drop: () => dropProjection(pool, name),
    skip: () => Promise.resolve({ kind: 'never', why: "an analyst's projection leaves out events in its own file" }),
  }
}
