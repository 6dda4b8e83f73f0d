import type { RecordedEvent } from '../../../src/eventstore/event-log.js'
import type { ChaosClient } from './chaos-client.js'

/** What a run was about, in a few lines: how much happened, which faults, and how connections ended. */
export function summaryOf(
  clients: readonly ChaosClient[],
  events: readonly RecordedEvent[],
  faults: Readonly<Record<string, number>>,
): string {
  const counts: Record<string, number> = {}
  for (const client of clients)
    for (const [what, count] of Object.entries(client.counts)) counts[what] = (counts[what] ?? 0) + count
  const frames = clients.flatMap(({ chats }) => [...chats.values()].flatMap((chat) => chat.frames))
  const skipped = frames.filter(({ event }) => event === 'skipped')
  const messages = events.filter(({ type }) => type === 'MessageSent')
  return [
    `${events.length} events, ${messages.length} messages; ${frames.length} frames received, ${skipped.length} of them skipped`,
    `faults: ${JSON.stringify(faults)}`,
    `connections: ${JSON.stringify(counts)}`,
  ].join('\n      ')
}
