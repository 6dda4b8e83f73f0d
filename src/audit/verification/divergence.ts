import type { RecordedEvent } from '../../eventstore/event-log.js'
import { entryOf, hashEntry, type ChainEntry } from '../chain/chain-entry.js'
import type { ChainRow } from '../chain/chain-rows.js'

/** What a verification can find; docs/audit.md explains each. */
export const divergenceReasons = [
  'entry-altered',
  'entry-removed',
  'entry-inserted',
  'entries-swapped',
  'event-altered',
  'event-removed',
  'event-inserted',
  'events-swapped',
  'event-forged',
  'tree-altered',
  'checkpoint-forged',
  'checkpoint-key-unknown',
  'checkpoint-contradicted',
  'anchor-contradicted',
  'snapshot-altered',
] as const

export type DivergenceReason = (typeof divergenceReasons)[number]

export interface Divergence {
  /** Of the first entry that differs. */
  ordinal: number
  reason: DivergenceReason
}

/** What is to be at one ordinal, and what follows it. */
export interface Place {
  ordinal: number
  /** Hash of the entry before. */
  previous: string
  row: ChainRow | undefined
  nextRow: ChainRow | undefined
  /** Null where the log is not compared. */
  events: { event: RecordedEvent | undefined; nextEvent: RecordedEvent | undefined } | null
  isAuthentic(event: RecordedEvent): boolean
}

/** Null where entry and event are as they were written. */
export function findDivergence(place: Place): DivergenceReason | null {
  const { ordinal, previous, row, events } = place
  if (row?.ordinal !== ordinal) return 'entry-removed'
  if (hashEntry(previous, row) !== row.hash) return explainHash(place, row)
  if (events === null) return row.isAuthentic ? null : 'event-forged'
  const { event } = events
  if (event === undefined) return 'event-removed'
  if (!isEntryOf(row, event)) return explainDifference(place, row, event)
  return place.isAuthentic(event) ? null : 'event-forged'
}

const isEntryOf = (row: ChainRow, event: RecordedEvent): boolean => {
  const entry = entryOf(event, row.ordinal)
  return (
    row.id === entry.id &&
    row.dataDigest === entry.dataDigest &&
    row.metadataDigest === entry.metadataDigest &&
    row.stream === entry.stream &&
    row.version === entry.version &&
    row.type === entry.type &&
    row.at === entry.at
  )
}

/** The row's hash is not that of its fields. */
function explainHash({ ordinal, previous, nextRow, events }: Place, row: ChainRow): DivergenceReason {
  const given = [row.hash, nextRow?.hash]
  const asNext = nextRow && hashEntry(previous, { ...nextRow, ordinal })
  if (asNext !== undefined && given.includes(asNext))
    return given.includes(hashEntry(asNext, { ...row, ordinal: ordinal + 1 })) ? 'entries-swapped' : 'entry-inserted'
  const isOneAhead = events !== null && events.event?.id !== row.id && events.nextEvent?.id === row.id
  return isOneAhead ? 'entry-removed' : 'entry-altered'
}

/** The row is in its place in the chain, and the log has another event there. */
function explainDifference({ nextRow, events, isAuthentic }: Place, row: ChainRow, event: RecordedEvent) {
  const nextEvent = events?.nextEvent
  const isAhead = nextRow?.id === event.id
  if (row.id !== event.id) {
    if (isAhead && nextEvent?.id === row.id) return 'events-swapped'
    if (nextEvent?.id === row.id) return 'event-inserted'
    if (isAhead) return follows(row, nextRow) ? 'event-removed' : 'entry-inserted'
  }
  return isAuthentic(event) ? 'entry-altered' : 'event-altered'
}

const follows = (row: ChainRow, next: ChainEntry & { hash: string }): boolean => hashEntry(row.hash, next) === next.hash
