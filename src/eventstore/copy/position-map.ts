import type { EventLog, Position, RecordedEvent } from '../event-log.js'

/** Where given positions of one log are in its copy: each at the event with the same ordinal. */
export interface PositionMap {
  /** For each event of both, in order. */
  onPair(original: Pick<RecordedEvent, 'position'>, copy: Pick<RecordedEvent, 'position'>): void
  /** After the last one. */
  entries(): Map<Position, Position>
}

export function createPositionMap(
  source: Pick<EventLog, 'comparePositions'>,
  target: Pick<EventLog, 'start'>,
  wanted: Iterable<Position>,
): PositionMap {
  const sorted = [...new Set(wanted)].sort((one, other) => source.comparePositions(one, other))
  const found = new Map<Position, Position>()
  let last = target.start
  let next = 0

  /** What lies before an event is at the one before it. */
  function settle(isBefore: (position: Position) => boolean): void {
    for (let position = sorted[next]; position !== undefined && isBefore(position); position = sorted[++next])
      found.set(position, last)
  }

  return {
    onPair(original, copy) {
      settle((position) => source.comparePositions(position, original.position) < 0)
      last = copy.position
    },
    entries() {
      settle(() => true)
      return found
    },
  }
}
