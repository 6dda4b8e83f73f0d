import { once } from 'node:events'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outage } from '../../async/outage.js'
import { UnavailableError } from '../../async/unavailable-error.js'
import type { Page, Position } from '../../eventstore/event-log.js'
import { startFollower } from '../../followers/follower.js'
import { readGenerations, recordFailure, type GenerationRow } from '../database/checkpoints.js'
import { SCHEMA } from '../database/schemas.js'
import { switchGeneration } from '../database/switch-generation.js'
import { NameTakenError } from '../database/taken-names.js'
import { applyPart } from './apply-part.js'
import { partsOf, type PartOfPage } from './batches.js'
import type { RunningDeps } from './deps.js'
import { failureOf, ProjectionPausedError } from './failure-of.js'
import { createGenerationProcess } from './generation-process.js'
import { ProjectionFailedError } from './projection-failed-error.js'

export interface GenerationRunner extends AsyncDisposable {
  /** Whether it has recorded a failure, and waits to be disposed of. */
  isPaused(): boolean
}

export interface GenerationRunnerDeps extends RunningDeps {
  path: string
  row: GenerationRow
  types: ReadonlySet<string>
  outage: Outage
}

/** A checkpoint that only passes over events of other types moves at most so often. */
const IDLE_MS = 500
/** How long events gather before they are applied in one transaction, and how long it waits for another node that was faster. */
const GATHER_MS = 50
/** A page with at least so many events means that the runner is behind: it continues without a pause. */
const MANY_EVENTS = 250
const SWITCH_RETRY_MS = 500

/**
 * Follows the log for one generation of a projection, which runs in a process of its own. While the generation is being built, it becomes the
 * live one as soon as it has examined what the log held when this began. The first failure that is not the database's is recorded, with its
 * event; then nothing more happens.
 */
export function startGenerationRunner(deps: GenerationRunnerDeps): GenerationRunner {
  const { log, pool, row, types, viewEvents, outage, report } = deps
  const { name, generation } = row
  const process = createGenerationProcess(deps)
  let { isLive, position } = row
  let head: Position | null = null
  let isPaused = false
  let movedAt = -Infinity

  async function apply({ events, to }: PartOfPage): Promise<boolean> {
    const schema = isLive ? SCHEMA : row.schema
    if ((await process.apply({ schema, from: position, to, events })) === 'moved') return false
    position = to
    movedAt = performance.now()
    outage.succeeded()
    return true
  }

  /** A name that is taken is the fault of the file. */
  function ofFile(error: unknown): never {
    if (!(error instanceof NameTakenError)) throw error
    const { code, message } = error
    throw new ProjectionFailedError({ code, message, file: basename(deps.path), line: null })
  }

  async function becomeLive(signal: AbortSignal): Promise<void> {
    if (isLive || head === null || log.comparePositions(position, head) < 0) return
    for (;;) {
      const outcome = await switchGeneration(pool, row, (a, b) => log.comparePositions(a, b)).catch(ofFile)
      isLive = outcome === 'switched'
      if (outcome !== 'locked') return
      await sleep(SWITCH_RETRY_MS, undefined, { signal })
    }
  }

  /** What the database or the log causes passes, and is repeated; anything else is recorded. */
  async function unlessPassing(error: unknown): Promise<void> {
    await process.close()
    if (error instanceof UnavailableError) throw error
    const failure = failureOf(error, deps.hidesMessages)
    await recordFailure(pool, row, failure)
    isPaused = true
    outage.failed(new ProjectionPausedError(failure))
  }

  async function start(): Promise<Position> {
    if (isPaused) return position
    const current = (await readGenerations(pool, name)).find((known) => known.generation === generation)
    if (current !== undefined) ({ isLive, position } = current)
    head ??= await log.head()
    await process.open().catch(unlessPassing)
    return position
  }

  async function handlePage(page: Page, signal: AbortSignal, restart: () => void): Promise<void> {
    const events = await viewEvents(page.events, types)
    if (events.length === 0 && isLive)
      await sleep(Math.max(0, movedAt + IDLE_MS - performance.now()), undefined, { signal })
    for (const part of partsOf(page, events)) {
      if (await applyPart(part, { process, apply })) continue
      restart()
      break
    }
    await becomeLive(signal)
    if (page.events.length < MANY_EVENTS) await sleep(GATHER_MS, undefined, { signal })
  }

  const follower = startFollower({
    name: `projection-${name}`,
    log,
    start,
    async handle(page, signal, restart) {
      if (!isPaused)
        await handlePage(page, signal, restart).catch((error: unknown) =>
          signal.aborted ? undefined : unlessPassing(error),
        )
      if (isPaused && !signal.aborted) await once(signal, 'abort')
    },
    report,
  })
  return {
    isPaused: () => isPaused,
    async [Symbol.asyncDispose]() {
      const ended = follower[Symbol.asyncDispose]()
      await process[Symbol.asyncDispose]() // what is being applied is rolled back
      await ended
    },
  }
}
