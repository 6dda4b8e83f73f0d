import type { EventLog, Page, Position, RecordedEvent } from '../../../eventstore/event-log.js'

/** What a build reads the log with. */
export type BuildLog = Pick<EventLog, 'readAll' | 'comparePositions'>

/**
 * The events after `from` up to `to`; null where there are more than `max`. The position is that of the last event where none lies between
 * it and `to`: a checkpoint may stand beyond the log's last event, since a page without an event moves it too.
 */
export async function readBetween(
  log: BuildLog,
  { from, to, max }: { from: Position; to: Position; max: number },
): Promise<Page | null> {
  const events: RecordedEvent[] = []
  let position = from
  while (log.comparePositions(position, to) < 0) {
    const page = await log.readAll(position, max)
    if (page.events.length === 0) return { events, position }
    events.push(...page.events.filter((event) => log.comparePositions(event.position, to) <= 0))
    if (events.length > max) return null
    position = log.comparePositions(page.position, to) > 0 ? to : page.position
  }
  return { events, position }
}
