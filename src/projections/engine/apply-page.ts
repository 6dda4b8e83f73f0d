import type { ClientBase, Pool } from 'pg'
import { UnavailableError } from '../../async/unavailable-error.js'
import type { Page, RecordedEvent } from '../../eventstore/event-log.js'
import { typedError } from '../../postgres/database-unavailable-error.js'
import { inTransaction } from '../../postgres/transaction.js'
import { NewerEventError } from '../../privacy/event-reader.js'
import type { ApplyTarget } from './apply-target.js'
import { moveCheckpoint, type Failure } from './checkpoint.js'
import { applyAsStatement } from './page-statement.js'

/**
 * Applies a page and moves the checkpoint, in one transaction. False where the checkpoint is not this writer's to move. Where the page
 * as a whole fails, what comes before the event that cannot be applied is applied by itself; that event is recorded, and its error thrown.
 */
export async function applyPage(pool: Pool, target: ApplyTarget, page: Page): Promise<boolean> {
  try {
    return await applyWhole(pool, target, page)
  } catch (error) {
    if (isPassing(error)) throw error
  }
  for (const recorded of page.events) {
    try {
      if (!(await applyWhole(pool, target, { events: [recorded], position: recorded.position }))) return false
    } catch (error) {
      if (!isPassing(error)) await target.failed(failureOf(error, recorded))
      throw error
    }
  }
  return applyWhole(pool, target, { events: [], position: page.position })
}

async function applyWhole(pool: Pool, target: ApplyTarget, { events, position }: Page): Promise<boolean> {
  const page = { events: events.filter((event) => !target.skipped.has(event.position)), position }
  const moved =
    (await applyAsStatement(pool, target, page)) ?? (await inTransaction(pool, (tx) => applyIn(tx, target, page)))
  if (moved) target.moved(position)
  return moved
}

/** The same within a transaction of the caller. */
export async function applyIn(tx: ClientBase, target: ApplyTarget, { events, position }: Page): Promise<boolean> {
  if (!(await moveCheckpoint(tx, (parameter) => target.moveQuery(position, parameter)))) return false
  const applied = events.filter((event) => !target.skipped.has(event.position))
  if (applied.length > 0) await target.projection.apply(applied, tx, target.table, target.isFilling)
  return true
}

function failureOf(error: unknown, { stream, type: eventType, position }: RecordedEvent): Failure {
  return { position, stream, eventType, code: codeOf(error), at: new Date().toISOString() }
}

function codeOf(error: unknown): string {
  if (error instanceof NewerEventError) return 'newer-event'
  const { code, name } = error as { code?: string; name?: string }
  return code ?? name ?? 'unknown'
}

/** What is repeated without being recorded: the database or the keys cannot be reached now, or a race was lost. */
const isPassing = (error: unknown): boolean => typedError(error) instanceof UnavailableError
