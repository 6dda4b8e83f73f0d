import type { EventLog } from '../../../src/eventstore/event-log.js'
import {
  openEventStoreDbEventLog,
  type EventStoreDbEventLogOptions,
} from '../../../src/eventstore/eventstoredb/eventstoredb-event-log.js'
import { ignoreFailures } from '../../support/failure-report.js'
import { openingEvent } from '../postgres-log.js'

export type LogOptions = Partial<EventStoreDbEventLogOptions>

/** Opens logs that are closed after each test of a suite. */
export function openedLogs(): (connectionString: string, options?: LogOptions) => Promise<EventLog> {
  const opened: EventLog[] = []

  afterEach(async () => {
    for (const log of opened.splice(0)) await log[Symbol.asyncDispose]()
  })

  return async (connectionString, options = {}) => {
    const report = ignoreFailures
    const log = await openEventStoreDbEventLog({ connectionString, openingEvent, report, retryMs: 20, ...options })
    opened.push(log)
    return log
  }
}
