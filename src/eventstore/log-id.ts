import { randomUUID } from 'node:crypto'
import type { NewEvent } from './event-log.js'
import { checkAppend } from './event-text.js'

/** The stream whose first event opens the log. Later ones give it another id, where it was copied or restored. */
export const LOG_STREAM = 'log'

export interface LogOpening {
  /** The data of the log stream's last event that has a `logId`; null where the stream has no event. */
  readNaming(): Promise<string | null>
  /** Appends the first event, expecting no stream; where another was faster it does nothing, or fails. */
  append(event: NewEvent): Promise<unknown>
}

/**
 * The log's id, which one of its own events gives. An empty log gets one: of several who open it at once one append wins, and all read it.
 * @throws Error where no event gives the log an id
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
  const data = await log.readNaming()
  return data === null ? null : (logIdIn(data) ?? fail('has no logId'))
}

/** The id that an event of the log's own stream gives the log; null where it gives none. */
export function logIdIn(data: string): string | null {
  const { logId } = JSON.parse(data) as { logId?: unknown }
  return typeof logId === 'string' && logId !== '' ? logId : null
}

function fail(reason: string): never {
  throw new Error(`the opening event of the log ${reason}`)
}
