import type { Cursor } from '../query-results.js'
import { isTimeCursor, timeCursor } from '../time-cursor.js'

/** Where a page of hits ended: first come those that hold what was asked for, then those that do but for a slip; both by rank, time and id. */
export interface SearchPlace {
  isNear: boolean
  rank: number
  at: string
  id: string
}

export const searchCursor = ({ isNear, rank, at, id }: SearchPlace): Cursor =>
  `${isNear ? 'near' : 'exact'}_${rank}_${timeCursor(at, id)}`

/** Null for what is none. */
export function parseSearchCursor(cursor: Cursor): SearchPlace | null {
  const [, tier, rank, rest = ''] = /^(exact|near)_(\d{1,9})_(.+)$/.exec(cursor) ?? []
  if (!isTimeCursor(rest)) return null
  const [at = '', id = ''] = rest.split('_')
  return { isNear: tier === 'near', rank: Number(rank), at, id }
}

export const isSearchCursor = (cursor: string): boolean => parseSearchCursor(cursor) !== null
