import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { createSignal } from '../../async/signal.js'
import type { EventLog, Page, Position } from '../../eventstore/event-log.js'
import { startFollower, type FollowerReport } from '../../followers/follower.js'
import { createProgress, type Progress } from '../../followers/progress.js'
import { NewerEventError } from '../../privacy/event-reader.js'
import { applyInBatches, createBatchLimit } from './apply-in-batches.js'
import { applyPage } from './apply-page.js'
import type { ApplyTarget } from './apply-target.js'
import { endStaleBatch, moveQuery, readCheckpoint, recordFailure, type Checkpoint, type Failure } from './checkpoint.js'
import { createLease } from './lease.js'
import { noNotices, type Notice, type Notices } from './notices.js'
import type { OpenProjection } from './open-projection.js'
import { prepareAhead } from './prepare-ahead.js'
import { readAhead } from './read-ahead.js'
import type { SkippedEvents } from './skipped-events.js'

export interface RunnerOptions {
  /** How often a runner without the lease reads how far the other one is, while someone waits and no notice comes; 25 ms by default. */
  watchMs?: number
  /** How often it does so otherwise, and looks whether the lease is free; 250 ms by default. */
  idleWatchMs?: number
  /** Pause after the first failure, doubling up to 30 s, or 2 s where a database or the log is unavailable; 500 ms by default. */
  retryMs?: number
  /** How long a runner that is up to date collects events that no query waits for; 50 ms by default. */
  gatherMs?: number
  /** How often the one with the lease reads its row; 1 s by default. */
  refreshMs?: number
  /** False: it never takes the lease, and watches the runner of another process. */
  mayLead?: boolean
  /** How long its lease lasts unless it is renewed; 3 s by default. */
  leaseMs?: number
}

/** Someone waits in another process at least so long after a notice that says so; while it waits, it repeats the notice. */
const WANTED_MS = 500

/** A page with at least so many events means that the runner is behind: it continues without a pause. */
const MANY_EVENTS = 250

export interface RunnerStatus {
  name: string
  version: number
  generation: number
  status: 'live' | 'paused' | 'stopped'
  position: Position
  failure: Failure | null
  /** Positions of events that the operator had it skip. */
  skipped: Position[]
}

export interface Runner extends AsyncDisposable {
  progress: Progress
  status(): RunnerStatus
}

export interface RunnerDeps {
  log: EventLog
  pool: Pool
  report: FollowerReport
  /** Events that the operator had projections skip; none where it is absent. */
  readSkipped?(): Promise<SkippedEvents>
  /** To and from the runners of other processes; without them, timers alone tell. */
  notices?: Notices
  options?: RunnerOptions
}

/**
 * The loop that keeps a projection up to date with the log. Any number of them may run, in any number of processes; the one that has the
 * lease follows the log. Each batch moves the checkpoint from the position that it expects, under the epoch of its lease, in the
 * transaction of its rows, so that each batch is applied once. Its modes:
 *
 * - **following**: a page comes, its events are applied, the checkpoint moves. A transaction costs as much as many events, so it lets
 *   them gather for a moment, unless someone waits for them or it is behind.
 * - **watching**: another runner has the lease, or the projection is stopped. It reads how far that one is, until the lease is free.
 * - **paused**: an event could not be applied. What came before it is; the event and the reason are recorded; it tries again
 *   with growing pauses, or when asked to, and skips nothing but what the operator had it skip. Lost connections are repeated likewise,
 *   without being recorded, in smaller batches. An event of a later release makes it leave the lease to a node of that release.
 */
export function startRunner(
  open: OpenProjection,
  { log, pool, report, readSkipped, notices = noNotices, options = {} }: RunnerDeps,
): Runner {
  const {
    watchMs = 25,
    idleWatchMs = 250,
    retryMs = 500,
    gatherMs = 50,
    leaseMs = 3_000,
    refreshMs = 1_000,
    mayLead = true,
  } = options
  const { projection } = open
  const { name, version, streamPrefixes, idleMs = 0 } = projection
  const progress = createProgress(log.start, (a, b) => log.comparePositions(a, b))
  const lease = createLease(pool, projection, { leaseMs })
  const stop = new AbortController()
  const { signal } = stop
  let known: Pick<Checkpoint, 'failure' | 'stopped'> = { failure: null, stopped: false }
  let skipped: ReadonlySet<Position> = new Set()
  let checkpoint: Position = log.start
  let movedAt = -Infinity
  /** Examined, without an event for this projection; the checkpoint follows when `idleMs` have passed. */
  let idlePosition: Position | null = null
  let begunEpoch: number | null = null
  const batchLimit = createBatchLimit()
  const topic = `${name}-${version}`
  const movedElsewhere = createSignal()
  let wantedAt = -Infinity
  notices.listen(topic, onNotice)

  const target: ApplyTarget = {
    projection,
    get table() {
      return open.table
    },
    get skipped() {
      return skipped
    },
    moveQuery(next, parameter) {
      const { epoch } = lease
      return epoch === null ? null : moveQuery(open, { expected: checkpoint, next, epoch }, parameter)
    },
    moved(position) {
      known = { failure: null, stopped: false }
      checkpoint = position
      progress.moveTo(position)
      movedAt = performance.now()
      if (isWantedElsewhere()) notices.send('moved', topic)
    },
    async failed(failure) {
      await recordFailure(pool, projection, failure)
      known.failure = failure // after it is recorded: a status of paused promises that the table has the reason
    },
  }

  const isWantedElsewhere = (): boolean => performance.now() - wantedAt < WANTED_MS

  function onNotice(notice: Notice): void {
    if (notice === 'moved') return movedElsewhere.notify()
    if (lease.epoch === null) return
    wantedAt = performance.now()
    progress.want()
    notices.send('moved', topic) // it may have moved before the notice came
  }

  async function readRow(): Promise<Checkpoint> {
    const row = await readCheckpoint(pool, projection)
    if (row === null) throw new Error(`${name} has no tables any more`)
    known = row
    if (row.generation !== open.generation) open.useGeneration(row.generation)
    progress.moveTo(row.position)
    return row
  }

  /** Watches until this runner has the lease; gives the row as it is then. */
  async function takeLease(): Promise<Checkpoint> {
    let asked = -Infinity
    for (;;) {
      const seen = movedElsewhere.count
      const row = await readRow()
      const isTime = mayLead && performance.now() - asked >= idleWatchMs
      if (isTime && !row.stopped) {
        asked = performance.now()
        if (await lease.claim()) return beginTerm()
      }
      await watchPause(seen)
    }
  }

  /** Once under each epoch: what the former owner has not committed is ended. */
  async function beginTerm(): Promise<Checkpoint> {
    if (lease.epoch !== begunEpoch) await endStaleBatch(pool, projection, 'projections')
    begunEpoch = lease.epoch
    return readRow()
  }

  /** Until someone waits for the runner with the lease, and then until that one may have moved. */
  async function watchPause(seen: number): Promise<void> {
    await progress.wanted(idleWatchMs, signal)
    signal.throwIfAborted()
    if (!progress.isWanted) return
    notices.send('wanted', topic)
    await movedElsewhere.wait(seen, watchMs, signal)
    signal.throwIfAborted()
  }

  async function start(): Promise<Position> {
    checkpoint = (await takeLease()).position
    skipped = (await readSkipped?.())?.get(name) ?? new Set()
    return checkpoint
  }

  /** Until `ms` have passed, or someone has asked for another attempt: that clears the recorded failure. */
  async function pauseForRetry(ms: number): Promise<void> {
    const until = performance.now() + ms
    const wasRecorded = known.failure !== null
    for (let left = ms; left > 0; left = until - performance.now()) {
      await sleep(Math.min(left, idleWatchMs), undefined, { signal })
      if (wasRecorded && (await readCheckpoint(pool, projection).catch(() => null))?.failure === null) return
    }
  }

  async function handle(page: Page, _: AbortSignal, restart: () => void): Promise<void> {
    idlePosition = null
    if (page.events.length === 0 && performance.now() - movedAt < idleMs) {
      idlePosition = page.position
      return
    }
    try {
      const began = performance.now()
      if (await applyInBatches(pool, target, page, batchLimit)) report.onApplied?.(name, page.events, began)
      else restart()
    } catch (error) {
      if (error instanceof NewerEventError) await lease.giveUp()
      throw error
    }
    if (page.events.length < MANY_EVENTS) await progress.wanted(gatherMs, signal)
  }

  /** Beside a page that is handled meanwhile, only one of both moves the checkpoint; the other begins again from there. */
  async function moveIdle(): Promise<void> {
    if (idlePosition === null || performance.now() - movedAt < idleMs) return
    const position = idlePosition
    await applyPage(pool, target, { events: [], position })
    if (idlePosition === position) idlePosition = null
  }

  const follower = startFollower({
    name: `projection-${name}`,
    log: {
      start: log.start,
      comparePositions: (a, b) => log.comparePositions(a, b),
      follow: (after, following) =>
        readAhead(log, after, {
          ...following,
          many: MANY_EVENTS,
          prepare: (events) => prepareAhead(projection, events),
        }),
    },
    ...(streamPrefixes && { streamPrefixes }),
    start,
    handle,
    report,
    progress,
    retryMs,
    pause: pauseForRetry,
  })
  // A rebuild that was switched to, or a stop, is noticed without an event too. An outage is met by the follower.
  const refreshing = setInterval(
    () =>
      void readRow()
        .then(moveIdle)
        .catch(() => undefined),
    refreshMs,
  )
  return {
    progress,
    status() {
      const { generation } = open
      const { failure, stopped } = known
      const status = stopped || signal.aborted ? 'stopped' : failure === null ? 'live' : 'paused'
      return { name, version, generation, status, position: progress.position, failure, skipped: [...skipped] }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      clearInterval(refreshing)
      await follower[Symbol.asyncDispose]()
      await lease[Symbol.asyncDispose]()
    },
  }
}
