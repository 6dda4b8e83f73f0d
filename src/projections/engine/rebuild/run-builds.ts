import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { EventLog, Page, Position } from '../../../eventstore/event-log.js'
import { keepDifferences } from '../generations.js'
import { prepareAhead } from '../prepare-ahead.js'
import { isFor, type Build } from './build.js'
import { compareGenerations } from './compare-generations.js'
import type { BuildLog } from './read-between.js'
import { switchGeneration } from './switch-generation.js'

const PAGE_EVENTS = 2_000
/** A page with fewer events means that the builds are near the head. */
const NEAR_HEAD = 500
/** Between two attempts to end a build that has examined the whole log. */
const AT_HEAD_MS = 20

export interface RunBuildsDeps {
  pool: Pool
  log: BuildLog
  signal: AbortSignal
  /** One of them cannot go on now; the others do. */
  onFailed(build: Build, error: unknown): void
}

/** Runs builds to their end, in one pass over the log for all of them; each has its own checkpoint and begins there. */
export async function runBuilds(builds: readonly Build[], deps: RunBuildsDeps): Promise<void> {
  const { pool, log, signal, onFailed } = deps

  /** False once the build is at its end, or cannot go on. */
  async function step(build: Build, page: Page): Promise<boolean> {
    try {
      if (!(await build.apply(page))) return false
      if (page.events.length >= NEAR_HEAD) return true
      await endFilling(pool, build)
      return !(await finish(pool, log, build))
    } catch (error) {
      onFailed(build, error)
      return false
    }
  }

  let running = [...builds]
  let next = readPage(earliest(builds, log), builds, log)
  while (running.length > 0 && !signal.aborted) {
    const page = await next
    next = readPage(page.position, running, log)
    next.catch(() => undefined) // it is awaited once this page is applied
    const goesOn = await Promise.all(running.map((build) => step(build, page)))
    running = running.filter((_, index) => goesOn[index])
    if (page.events.length === 0) await sleep(AT_HEAD_MS, undefined, { signal }).catch(() => undefined)
  }
}

function earliest(builds: readonly Build[], { comparePositions }: Pick<EventLog, 'comparePositions'>): Position {
  const [first = ''] = builds.map(({ position }) => position).sort((a, b) => comparePositions(a, b))
  return first
}

/** Reads a page, and prepares its events, while the one before it is applied. */
async function readPage(after: Position, builds: readonly Build[], log: Pick<EventLog, 'readAll'>): Promise<Page> {
  const page = await log.readAll(after, PAGE_EVENTS)
  await Promise.all(builds.map(({ projection }) => prepareAhead(projection, page.events.filter(isFor(projection)))))
  return page
}

/** What queries need of tables that were filled; statistics above all. */
async function endFilling(pool: Pool, { projection, target }: Build): Promise<void> {
  if (!target.isFilling) return
  if (projection.filling !== undefined) await pool.query(projection.filling.end(target.table))
  await pool.query(`analyze ${projection.tables.map(target.table).join(', ')}`)
  target.isFilling = false
}

/** True once the build is at its end. */
async function finish(pool: Pool, log: BuildLog, build: Build): Promise<boolean> {
  if (build.state === 'building') return switchGeneration(pool, log, build)
  const differences = await compareGenerations(pool, log, build)
  if (differences === null) return false
  await keepDifferences(pool, build.projection, build.generation, differences)
  return true
}
