import { randomUUID } from 'node:crypto'
import type { AnyEvent } from '../domain/any-event.js'
import type { Decided, PublicEvent } from '../domain/event.js'
import type { LogEvent } from '../domain/log/events.js'
import { logStream } from '../domain/streams.js'
import { type EventLog, type RecordedEvent, WrongExpectedVersionError } from '../eventstore/event-log.js'
import type { EventReader } from './event-reader.js'
import type { EventSealer } from './event-sealer.js'

interface Reading {
  log: Pick<EventLog, 'readStream'>
  reader: Pick<EventReader, 'decode' | 'authentic'>
}

export interface LogStreamDeps extends Reading {
  log: Pick<EventLog, 'append' | 'readStream'>
  sealer: Pick<EventSealer, 'keyNames' | 'ensureKeys' | 'seal'>
}

/** What the system itself does to the log: few events, in one stream. A forged one is left out. */
export const readLogStream = async ({ log, reader }: Reading): Promise<PublicEvent<AnyEvent>[]> =>
  reader.authentic(await readAll(log)).map((recorded) => reader.decode(recorded).event)

/** Appends to the log's own stream what follows from its events; decides again where another node appended there meanwhile. */
export async function appendToLogStream(
  decide: (events: readonly PublicEvent<AnyEvent>[]) => readonly Decided<LogEvent>[],
  deps: LogStreamDeps,
): Promise<void> {
  const { log, reader } = deps
  const recorded = await readAll(log)
  const decoded = reader.authentic(recorded).map((each) => reader.decode(each))
  const events = decide(decoded.map(({ event }) => event))
  const last = { version: recorded.length, at: decoded.at(-1)?.metadata.at ?? '' }
  try {
    if (events.length > 0) await append(events, last, deps)
  } catch (error) {
    if (!(error instanceof WrongExpectedVersionError)) throw error
    await appendToLogStream(decide, deps)
  }
}

const PAGE = 500

async function readAll(log: Reading['log']): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for (;;) {
    const page = await log.readStream(logStream, { after: events.length, limit: PAGE })
    events.push(...page)
    if (page.length < PAGE) return events
  }
}

async function append(
  events: readonly Decided<LogEvent>[],
  last: { version: number; at: string },
  { log, sealer }: LogStreamDeps,
): Promise<void> {
  const now = new Date().toISOString()
  const at = now > last.at ? now : last.at
  const commandId = randomUUID()
  const metadata = { at, commandId, actor: null, origin: 'system', correlationId: commandId } as const
  const keys = await sealer.ensureKeys(events.flatMap((event) => sealer.keyNames(logStream, event, at)))
  const sealed = events.map((event, index) =>
    sealer.seal({ stream: logStream, version: last.version + index + 1, id: randomUUID(), event, metadata }, keys),
  )
  await log.append(logStream, last.version, sealed)
}
