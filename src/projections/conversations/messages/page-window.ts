import type { MessagePage } from '../query-results.js'

/** How many messages are read before a seq, and how many from there on. */
export interface Window {
  seq: number
  older: number
  newer: number
}

/** Which of the messages found make the page: from `from` up to but not including `to`; `centre`, counted from `from`, is shown first. */
export interface ChosenWindow {
  from: number
  to: number
  centre: number
}

/**
 * `before` of the messages found are before the seq asked for, `after` from there on. Around a seq, each side has half of the page; where one
 * side has fewer, the other has more.
 */
export function chooseWindow(
  { before, after }: { before: number; after: number },
  page: MessagePage,
  limit: number,
): ChosenWindow {
  if ('after' in page) return { from: before, to: before + Math.min(after, limit), centre: 0 }
  if (!('around' in page)) {
    const from = Math.max(0, before - limit)
    return { from, to: before, centre: Math.max(0, before - from - 1) }
  }
  const half = Math.floor(limit / 2)
  const older = Math.min(before, Math.max(half, limit - after))
  const newer = Math.min(after, limit - older)
  return { from: before - older, to: before + newer, centre: newer > 0 ? older : Math.max(0, older - 1) }
}
