import { toInstant } from '../../domain/instant.js'
import type { Cursor } from './query-results.js'

/** Where a page ended of what is ordered by a time and, within one millisecond, by id. */
export const timeCursor = (at: string, id: string): Cursor => `${at}_${id}`

export function isTimeCursor(cursor: string): boolean {
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? []
  return at !== undefined && id !== undefined && toInstant(at) === at
}
