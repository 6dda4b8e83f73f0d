import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { NewEvent } from '../event-log.js'
import { checkAppend } from '../event-text.js'
import { toJson } from './append-queue.js'

const LOG_STREAM = 'log'

/**
 * The log's id, from its very first event. An empty log gets one: of several who open it at once one append wins, and all read it.
 * @throws Error where the first event names no log
 */
export async function openLogId(pool: pg.Pool, openingEvent: (logId: string) => NewEvent): Promise<string> {
  const found = await readLogId(pool)
  if (found !== null) return found
  const opening = [openingEvent(randomUUID())]
  checkAppend(LOG_STREAM, 0, opening)
  await pool.query('select from append_events($1)', [`[${toJson(LOG_STREAM, 0, opening)}]`])
  return (await readLogId(pool)) ?? fail('was not recorded')
}

async function readLogId(pool: pg.Pool): Promise<string | null> {
  const first = 'select data from events where stream = $1 and version = 1'
  const [row] = (await pool.query<{ data: string }>(first, [LOG_STREAM])).rows
  if (row === undefined) return null
  const { logId } = JSON.parse(row.data) as { logId?: unknown }
  return typeof logId === 'string' && logId !== '' ? logId : fail('has no logId')
}

function fail(reason: string): never {
  throw new Error(`the opening event of the log ${reason}`)
}
