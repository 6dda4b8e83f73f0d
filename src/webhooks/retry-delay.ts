const FIRST_SECONDS = 5
const MAX_SECONDS = 6 * 60 * 60

/** So many failures in a row, and the webhook is disabled: with these pauses, some 17 hours after the first. */
export const MAX_FAILURES = 15

/** Seconds until the next attempt, after so many failures in a row: 5, doubling up to six hours. */
export const retryDelay = (failures: number): number => Math.min(MAX_SECONDS, FIRST_SECONDS * 2 ** (failures - 1))
