import type { RecordedEvent } from './event-log.js'

/** An event with its position as a number, by which the tail searches. */
export interface Entry {
  at: number
  event: RecordedEvent
}

/** The most recent events of the log in memory, without gaps, ascending; bounded. */
export interface Window {
  /** Position of the last event that was added, or where the window began. */
  readonly end: number
  /** Whether everything between `after` and `end` is here. */
  covers(after: number): boolean
  /** At most `limit` events above `after`, which must be covered. */
  above(after: number, limit: number): Entry[]
  /** Adds what follows `end`, and lets the oldest go. */
  add(entries: readonly Entry[]): void
}

export interface WindowBounds {
  events: number
  /** UTF-16 code units of data and metadata; up to two bytes each. */
  characters: number
}

export function createWindow(start: number, bounds: WindowBounds): Window {
  let entries: Entry[] = []
  /** Those before it have gone; the array follows when they are half of it, since what is left has to move up. */
  let first = 0
  let floor = start
  let characters = 0

  function letOldestGo(): void {
    for (; entries.length - first > bounds.events || characters > bounds.characters; first++) {
      const entry = entries[first] as Entry
      characters -= size(entry)
      floor = entry.at
    }
    if (first <= entries.length / 2) return
    entries = entries.slice(first)
    first = 0
  }

  return {
    get end() {
      return entries.at(-1)?.at ?? floor
    },
    covers: (after) => after >= floor,
    above(after, limit) {
      const from = firstAbove(entries, after, first)
      return entries.slice(from, from + limit)
    },
    add(more) {
      for (const entry of more) {
        entries.push(entry)
        characters += size(entry)
      }
      letOldestGo()
    },
  }
}

const size = ({ event }: Entry): number => event.data.length + event.metadata.length

function firstAbove(entries: readonly Entry[], after: number, first: number): number {
  let low = first
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.at ?? Infinity) > after) high = middle
    else low = middle + 1
  }
  return low
}
