import { randomUUID } from 'node:crypto'
import type { EventLog, NewEvent, Page, Position, RecordedEvent } from '../../src/eventstore/event-log.js'

export const newStream = (kind = 'contract'): string => `${kind}-${randomUUID()}`

export const newEvent = (fields: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'Happened',
  data: '{}',
  metadata: '{"schemaVersion":1}',
  ...fields,
})

export const newEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, index) => newEvent({ data: JSON.stringify({ index }) }))

export const idsOf = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id)

export const readWholeStream = (log: EventLog, stream: string): Promise<RecordedEvent[]> =>
  log.readStream(stream, { limit: 10_000 })

/** The whole log above `after`, read in pages of `limit`. */
export async function readToEnd(log: EventLog, after: Position, limit = 1_000): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for (;;) {
    const page = await log.readAll(after, limit)
    if (page.events.length === 0) return events
    events.push(...page.events)
    after = page.position
  }
}

/** Follows until what came so far is enough, and gives that. */
export async function followUntil(
  log: EventLog,
  after: Position,
  enough: (events: readonly RecordedEvent[], page: Page) => boolean,
  streamPrefixes?: readonly string[],
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  const { signal } = new AbortController()
  for await (const page of log.follow(after, streamPrefixes ? { streamPrefixes, signal } : { signal })) {
    events.push(...page.events)
    if (enough(events, page)) break
  }
  return events
}

/** What the promise is rejected with; a failure where it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}
