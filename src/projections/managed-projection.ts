import type { Pool } from 'pg'
import type { EventLog } from '../eventstore/event-log.js'
import type { Differences } from '../postgres/compare-tables.js'
import type { ProjectionControl } from './engine/projection-control.js'
import { readProjectionStates, type ProjectionState, type ProjectionStatesDeps } from './engine/projection-states.js'
import type { Projection } from './engine/projection.js'
import { skipEvent, type Skip, type SkipDeps, type SkipOutcome } from './engine/skip-event.js'

/** A projection as operators and analysts handle it. */
export interface ManagedProjection {
  name: string
  state(): Promise<ProjectionState>
  /** Builds it again beside the tables in use. False where a build is under way. */
  rebuild(): Promise<boolean>
  /** The same, only to compare both. */
  diff(): Promise<boolean>
  /** What the last `diff` found; null where there is none, or not yet. */
  lastComparison(): Promise<{ differences: Differences; at: Date } | null>
  /** Ends its rebuild or comparison. False where there is none. */
  cancel(): Promise<boolean>
  /** False where neither it nor its build is paused. */
  retry(): Promise<boolean>
  /** Why it cannot be stopped; null where it is. */
  stop(): Promise<string | null>
  start(): Promise<void>
  skip(skip: Skip): Promise<SkipOutcome>
}

export interface ManageDeps extends SkipDeps, Pick<ProjectionStatesDeps, 'lagSecondsAt'> {
  pool: Pool
  log: EventLog
  control: ProjectionControl
}

export function manageProjection(projection: Projection, deps: ManageDeps): ManagedProjection {
  const { control } = deps
  return {
    name: projection.name,
    async state() {
      const [state] = await readProjectionStates({ ...deps, projections: [projection] })
      if (state === undefined) throw new Error(`${projection.name} has no state`)
      return state
    },
    rebuild: () => control.rebuild(projection),
    diff: () => control.diff(projection),
    async lastComparison() {
      const found = await control.lastComparison(projection)
      return found === null ? null : { differences: found.differences ?? {}, at: found.changedAt }
    },
    cancel: () => control.cancel(projection),
    retry: () => control.retry(projection),
    async stop() {
      if (projection.neverStops !== undefined) return projection.neverStops
      await control.setStopped(projection, true)
      return null
    },
    start: () => control.setStopped(projection, false),
    skip: (skip) => skipEvent(projection, skip, deps),
  }
}
