import type { Cursor } from './query-results.js'

/** Where a page ended of what is ordered by a time and, within one millisecond, by id. */
export const timeCursor = (at: string, id: string): Cursor => `${at}_${id}`

export function isTimeCursor(cursor: string): boolean {
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? []
  return at !== undefined && id !== undefined && isInstant(at)
}

/** There is no 31 February, and Postgres would not take it. */
function isInstant(at: string): boolean {
  const time = Date.parse(at)
  return !Number.isNaN(time) && new Date(time).toISOString() === at
}
