import { ignoreFailures } from './failure-report.js'
import { randomUUID } from 'node:crypto'
import type { Config } from '../../src/app/config.js'
import type { EventLog, NewEvent } from '../../src/eventstore/event-log.js'
import { openEventStoreDbEventLog } from '../../src/eventstore/eventstoredb/eventstoredb-event-log.js'
import { openingEvent, openPostgresLog, withOwnPool } from '../eventstore/postgres-log.js'
import { eventStoreUrl } from './event-store.js'

export type LogKind = 'postgres' | 'eventstoredb'

/** The same tests once on each log. */
export function onEachLog(title: string, tests: (kind: LogKind) => void): void {
  describe(`${title}, on Postgres`, () => tests('postgres'))
  describe(`${title}, on EventStoreDB`, () => tests('eventstoredb'))
}

type LogConfig = Pick<Config, 'eventStoreUrl' | 'eventStoreStreamPrefix'>

/** A log of its own each time: on EventStoreDB, a prefix that nobody else has. */
export const logConfig = (kind: LogKind): LogConfig =>
  kind === 'postgres'
    ? { eventStoreUrl: null, eventStoreStreamPrefix: '' }
    : { eventStoreUrl: eventStoreUrl(), eventStoreStreamPrefix: newPrefix() }

/** The same as environment variables of a process. */
export function logEnvironment(kind: LogKind): Record<string, string> {
  const { eventStoreUrl: url, eventStoreStreamPrefix: prefix } = logConfig(kind)
  return url === null ? {} : { EVENTSTORE_URL: url, EVENTSTORE_STREAM_PREFIX: prefix }
}

/** A handle of our own on the log of a process that was given `logEnvironment`. */
export async function openLogOf(env: Record<string, string>, databaseUrl: string): Promise<EventLog> {
  const prefix = env['EVENTSTORE_STREAM_PREFIX']
  if (prefix !== undefined) return openEventStoreLog(prefix, openingEvent)
  return withOwnPool(await openPostgresLog(databaseUrl))
}

export const newPrefix = (): string => `test-${randomUUID()}.`

export const openEventStoreLog = (
  streamPrefix: string,
  openingEvent: (logId: string) => NewEvent,
  options: Partial<Parameters<typeof openEventStoreDbEventLog>[0]> = {},
): Promise<EventLog> =>
  openEventStoreDbEventLog({
    connectionString: eventStoreUrl(),
    streamPrefix,
    openingEvent,
    report: ignoreFailures,
    ...options,
  })
