import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import type { Projection } from './projection.js'

/** Events that are prepared in one turn of the event loop, some milliseconds: requests go between. */
const SLICE = 200

/** Does ahead whatever of `apply` can be. It only saves time, and never fails: who applies the events meets the same failure. */
export async function prepareAhead(
  { prepare }: Pick<Projection, 'prepare'>,
  events: readonly RecordedEvent[],
): Promise<void> {
  if (prepare === undefined) return
  try {
    for (let from = 0; from < events.length; from += SLICE) {
      await prepare(events.slice(from, from + SLICE))
      await nextTurn()
    }
  } catch {
    // said above
  }
}
