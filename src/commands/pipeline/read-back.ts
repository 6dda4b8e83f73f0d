import type { Position, RecordedEvent } from '../../eventstore/event-log.js'
import { CommandFault } from './command-fault.js'
import type { StreamDeps } from './stream-deps.js'

const PAGE = 1_000
const MAX_EVENTS = 10_000

/**
 * The events of a stream after a position, up to `version`, in their order.
 * @throws CommandFault `projection-behind` for more than 10,000
 */
export async function readBackTo(
  position: Position,
  stream: string,
  version: number,
  { log, limitReads }: Pick<StreamDeps, 'log' | 'limitReads'>,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = []
  for (let below = version + 1; ;) {
    const page = await limitReads(() => log.readStream(stream, { after: below, backwards: true, limit: PAGE }))
    const newer = page.filter((recorded) => log.comparePositions(recorded.position, position) > 0)
    found.push(...newer)
    if (newer.length < PAGE) return found.reverse()
    if (found.length >= MAX_EVENTS) throw new CommandFault('projection-behind')
    below = newer[newer.length - 1]?.version ?? 1
  }
}
