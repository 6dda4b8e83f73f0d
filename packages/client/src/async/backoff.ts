export interface BackoffOptions {
  /** Milliseconds before the first retry. */
  firstMs?: number
  maxMs?: number
  random?: () => number
}

/** Milliseconds to wait before the retry of this number, from 0 on: doubled each time, and a random part of it, so that clients do not retry together. */
export function backoffMs(
  attempt: number,
  { firstMs = 500, maxMs = 20_000, random = Math.random }: BackoffOptions = {},
): number {
  const longest = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30))
  return longest / 2 + (random() * longest) / 2
}
