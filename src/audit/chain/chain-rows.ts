import type { RecordedEvent } from '../../eventstore/event-log.js'
import { addLeaf, type Subtree } from '../merkle/subtrees.js'
import { entryOf, hashEntry, type ChainEntry } from './chain-entry.js'
import type { ChainHead } from './chain-head.js'

export interface ChainRow extends ChainEntry {
  hash: string
  isAuthentic: boolean
}

/** What a batch of events adds to the chain and to the tree. */
export interface ChainRows {
  entries: ChainRow[]
  nodes: Subtree[]
}

export function chainRows(
  { ordinal, hash: lastHash, peaks }: ChainHead,
  batch: readonly RecordedEvent[],
  isAuthentic: (event: RecordedEvent) => boolean,
): ChainRows {
  const rows: ChainRows = { entries: [], nodes: [] }
  const open = [...peaks]
  let previous = lastHash
  for (const [index, event] of batch.entries()) {
    const entry = entryOf(event, ordinal + index + 1)
    const hash = hashEntry(previous, entry)
    rows.entries.push({ ...entry, hash, isAuthentic: isAuthentic(event) })
    rows.nodes.push(...addLeaf(open, { lastLeaf: entry.ordinal, level: 0, hash }))
    previous = hash
  }
  return rows
}
