import type { FailureReport } from '../async/outage.js'
import { openNotices } from '../projections/engine/notices.js'
import { openProjection, type OpenProjection } from '../projections/engine/open-projection.js'
import { createProjectionControl } from '../projections/engine/projection-control.js'
import { readProjectionStates, type ProjectionState } from '../projections/engine/projection-states.js'
import { startRebuilder, type Rebuilder } from '../projections/engine/rebuild/start-rebuilder.js'
import { readSkippedEvents } from '../projections/engine/skipped-events.js'
import { startRunner, type Runner, type RunnerOptions } from '../projections/engine/runner.js'
import { manageProjection, type ManagedProjection } from '../projections/managed-projection.js'
import type { ProjectionList } from '../projections/projection-list.js'
import { openBuildPool } from './databases.js'
import type { Foundations } from './foundations.js'
import { checkKeys } from './installation/missing-keys.js'
import { createLagSecondsAt } from './readiness/projection-lag.js'
import type { Releases } from './release.js'

export type Runners = Record<keyof ProjectionList, Runner>

export interface Projections {
  open: Record<keyof ProjectionList, OpenProjection>
  runners: Runners
  managed: readonly ManagedProjection[]
  /** The states of all, read at once. */
  readStates(): Promise<ProjectionState[]>
}

/**
 * Only auditors wait for the trail, and end the wait when they ask; for all others, few large transactions cost less than many small
 * ones.
 */
const AUDIT_GATHER_MS = 250

/** Makes the tables of every projection where they are missing, then starts the loops that keep them up to date, or watch those of a projector. */
export async function startProjections(
  foundations: Foundations,
  clock: () => Date,
  { report, isProjector }: { report: FailureReport; isProjector: boolean },
  releases: Releases,
): Promise<Projections> {
  const { databases, log, reader, sealer, projections } = foundations
  const { main: pool } = databases
  const open = {
    conversations: await openProjection(pool, projections.conversations, log),
    decisionIndex: await openProjection(pool, projections.decisionIndex, log),
    revocations: await openProjection(pool, projections.revocations, log),
    auditTrail: await openProjection(pool, projections.auditTrail, log),
  }
  await checkKeys(pool, databases.keys, open.conversations)
  const readSkipped = () => readSkippedEvents(log, reader)
  const notices = releases.add(openNotices({ pool, connectionString: databases.mainUrl, report }))
  const start = (one: OpenProjection, options: RunnerOptions = {}): Runner =>
    releases.add(
      startRunner(one, { log, pool, report, readSkipped, notices, options: { ...options, mayLead: isProjector } }),
    )
  const runners = {
    conversations: start(open.conversations),
    decisionIndex: start(open.decisionIndex),
    revocations: start(open.revocations),
    auditTrail: start(open.auditTrail, { gatherMs: AUDIT_GATHER_MS }),
  }
  const rebuilder = isProjector ? releases.add(startAppRebuilder(foundations, report)) : null
  const control = createProjectionControl({ pool, log, wakeUp: () => rebuilder?.wakeUp() })
  const lagSecondsAt = createLagSecondsAt({ log, reader, clock })
  const managed = Object.values(projections).map((projection) =>
    manageProjection(projection, { pool, log, reader, sealer, control, lagSecondsAt }),
  )
  const readStates = () => readProjectionStates({ pool, log, projections: Object.values(projections), lagSecondsAt })
  return { open, runners, managed, readStates }
}

export const startAppRebuilder = (
  { databases, log, reader, projections }: Foundations,
  report: FailureReport,
): Rebuilder =>
  startRebuilder({
    pool: databases.main,
    openBuildPool: () => openBuildPool(databases, Object.keys(projections).length + 1),
    log,
    projections: Object.values(projections),
    readSkipped: () => readSkippedEvents(log, reader),
    report,
  })
