import { randomUUID } from 'node:crypto'
import type { NewEvent } from './event-log.js'
import { checkAppend } from './event-text.js'

/** The stream whose first event opens the log. */
export const LOG_STREAM = 'log'

export interface LogOpening {
  /** The data of the log stream's first event; null where there is none. */
  readFirst(): Promise<string | null>
  /** Appends it, expecting no stream; where another was faster it does nothing, or fails. */
  append(event: NewEvent): Promise<unknown>
}

/**
 * The log's id, from its very first event. An empty log gets one: of several who open it at once one append wins, and all read it.
 * @throws Error where the first event names no log
 */
export async function openLogId(log: LogOpening, openingEvent: (logId: string) => NewEvent): Promise<string> {
  const found = await readLogId(log)
  if (found !== null) return found
  const opening = openingEvent(randomUUID())
  checkAppend(LOG_STREAM, 0, [opening])
  await log.append(opening)
  return (await readLogId(log)) ?? fail('was not recorded')
}

async function readLogId(log: LogOpening): Promise<string | null> {
  const data = await log.readFirst()
  if (data === null) return null
  const { logId } = JSON.parse(data) as { logId?: unknown }
  return typeof logId === 'string' && logId !== '' ? logId : fail('has no logId')
}

function fail(reason: string): never {
  throw new Error(`the opening event of the log ${reason}`)
}
