import { type ClientBase, escapeIdentifier, type Pool } from 'pg'
import type { EventLog, Position } from '../../eventstore/event-log.js'
import { compareTables, type Differences, type TablePair } from '../../postgres/compare-tables.js'
import { inTransaction } from '../../postgres/transaction.js'
import { beginGeneration, dropGeneration } from '../database/checkpoints.js'
import { SCHEMA } from '../database/schemas.js'
import type { ViewEvents } from '../events/event-view.js'
import { partsOf } from '../running/batches.js'
import { createGenerationProcess, type GenerationProcess } from '../running/generation-process.js'
import { loadFile } from '../running/load-file.js'

export interface DiffDeps {
  name: string
  path: string
  pool: Pool
  url: string
  log: EventLog
  viewEvents: ViewEvents
  /** Ends it. */
  signal: AbortSignal
}

export interface ProjectionDiff {
  /** Up to where both were compared. */
  position: Position
  differences: Differences
}

/** Analysts see no tables of this projection yet. */
export class NothingToCompareError extends Error {
  override readonly name = 'NothingToCompareError'
  constructor(readonly projection: string) {
    super(`${projection} has no tables yet to compare with`)
  }
}

/** A rebuild, or another comparison, has begun meanwhile. */
export class BuildInterruptedError extends Error {
  override readonly name = 'BuildInterruptedError'
  constructor(readonly projection: string) {
    super(`the comparison of ${projection} was ended by a rebuild, another comparison or a cancellation`)
  }
}

const PAGE_EVENTS = 1_000

/**
 * Builds the projection beside the tables that analysts see, with the file as it is now, and compares both at the same position. The tables
 * that analysts see are not changed, and wait for less than it takes to apply a few events.
 */
export async function diffProjection(deps: DiffDeps): Promise<ProjectionDiff> {
  const { name, path, pool, url, log } = deps
  const { version, events } = await loadFile({ path })
  const { generation, schema } = await beginGeneration(pool, { name, version, start: log.start, isComparison: true })
  await using process = createGenerationProcess({ path, url, row: { name, generation } })
  const end = (): void => void process[Symbol.asyncDispose]()
  deps.signal.addEventListener('abort', end)
  try {
    await process.open()
    const build = createBuild(deps, process, { schema, types: new Set(events) })
    await build.to(await log.head())
    return await compareAtOnePosition(deps, build)
  } finally {
    deps.signal.removeEventListener('abort', end)
    await dropGeneration(pool, name, generation)
  }
}

interface Build {
  /** Where its tables are. */
  schema: string
  /** Applies the log up to this position. */
  to(position: Position): Promise<void>
}

function createBuild(
  { name, log, viewEvents, signal }: DiffDeps,
  process: GenerationProcess,
  { schema, types }: { schema: string; types: ReadonlySet<string> },
): Build {
  let position = log.start
  return {
    schema,
    async to(target) {
      while (log.comparePositions(position, target) < 0) {
        const page = await log.readAll(position, PAGE_EVENTS)
        const events = page.events.filter((event) => log.comparePositions(event.position, target) <= 0)
        // A checkpoint may stand beyond the log's last event, since a page without an event moves it too.
        const isLast = page.events.length === 0 || log.comparePositions(page.position, target) >= 0
        const end = isLast ? target : page.position
        for (const part of partsOf({ events, position: end }, await viewEvents(events, types))) {
          signal.throwIfAborted()
          const outcome = await process.apply({ schema, from: position, ...part })
          if (outcome === 'moved') throw new BuildInterruptedError(name)
          position = part.to
        }
      }
    },
  }
}

/** Holds the live tables for as long as it takes to get there and to begin a snapshot of both. */
async function compareAtOnePosition({ name, pool }: DiffDeps, build: Build): Promise<ProjectionDiff> {
  const reader = await pool.connect()
  try {
    const { position, relations } = await inTransaction(pool, async (tx) => {
      const live = await lockLive(tx, name)
      await build.to(live.position)
      await reader.query('begin isolation level repeatable read read only; select 1')
      return live
    })
    return { position, differences: await compareTables(reader, relations.map(pairIn(build.schema))) }
  } finally {
    reader.release(true)
  }
}

const pairIn =
  (schema: string) =>
  (relation: string): TablePair => {
    const table = escapeIdentifier(relation)
    return { name: relation, used: `${SCHEMA}.${table}`, rebuilt: `${schema}.${table}` }
  }

async function lockLive(tx: ClientBase, name: string): Promise<{ position: Position; relations: string[] }> {
  const { rows } = await tx.query<{ position: Position; relations: string[] }>(
    'select position, relations from analytics_build.checkpoints where name = $1 and schema = $2 for update',
    [name, SCHEMA],
  )
  const [live] = rows
  if (live === undefined) throw new NothingToCompareError(name)
  return live
}
