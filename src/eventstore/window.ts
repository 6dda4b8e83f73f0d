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
  const entries: Entry[] = []
  let floor = start
  let characters = 0

  function letOldestGo(): void {
    let count = 0
    for (const entry of entries) {
      if (entries.length - count <= bounds.events && characters <= bounds.characters) break
      characters -= size(entry)
      floor = entry.at
      count++
    }
    entries.splice(0, count)
  }

  return {
    get end() {
      return entries.at(-1)?.at ?? floor
    },
    covers: (after) => after >= floor,
    above(after, limit) {
      const first = firstAbove(entries, after)
      return entries.slice(first, first + limit)
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

function firstAbove(entries: readonly Entry[], after: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.at ?? Infinity) > after) high = middle
    else low = middle + 1
  }
  return low
}
