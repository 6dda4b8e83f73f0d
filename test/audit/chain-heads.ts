import { chainRows } from '../../src/audit/chain/chain-rows.js'
import { FIRST_HASH } from '../../src/audit/chain/chain-entry.js'
import { addLeaf, headOf, type Subtree } from '../../src/audit/merkle/subtrees.js'
import type { EventLog, RecordedEvent } from '../../src/eventstore/event-log.js'
import type { Randoms } from '../support/randoms.js'

/** Of the chain and of its tree, at an entry. */
export interface ChainHeads {
  ordinal: number
  hash: string
  treeHead: string
}

/** The heads after each of these entries, computed from the events in batches of any size. */
export function headsAt(
  events: readonly RecordedEvent[],
  ordinals: readonly number[],
  { below }: Randoms,
): ChainHeads[] {
  const wanted = new Set(ordinals)
  const found: ChainHeads[] = []
  const peaks: Subtree[] = []
  let [ordinal, hash] = [0, FIRST_HASH]
  while (ordinal < events.length) {
    const batch = events.slice(ordinal, ordinal + 1 + below(40))
    for (const entry of chainRows({ ordinal, hash, peaks }, batch, () => true).entries) {
      addLeaf(peaks, { lastLeaf: entry.ordinal, level: 0, hash: entry.hash })
      ;({ ordinal, hash } = entry)
      if (wanted.has(ordinal)) found.push({ ordinal, hash, treeHead: headOf(peaks) })
    }
  }
  return found
}

/** Every event of a log, in its order. */
export async function allEvents(log: EventLog): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = []
  for (let after = log.start; ;) {
    const { events, position } = await log.readAll(after, 1_000)
    if (events.length === 0) return all
    all.push(...events)
    after = position
  }
}

/** Events in one append, which may hold 1 MiB. */
const MAX_APPENDED = 100

/** Appends all events but the one that opens a log, through the port, in the same order. */
export async function copyEvents(events: readonly RecordedEvent[], to: EventLog): Promise<void> {
  for (let first = 1, next = first; first < events.length; first = next) {
    const { stream, version } = events[first]!
    while (events[next]?.stream === stream && next - first < MAX_APPENDED) next++
    const run = events.slice(first, next).map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))
    await to.append(stream, version - 1, run)
  }
}
