const FIRST_SECONDS = 5
const MAX_SECONDS = 6 * 60 * 60

/** After so many failures in a row the webhook is disabled: with these delays, some 17 hours after the first. */
export const MAX_FAILURES = 15

/** Seconds until the next attempt, after so many failures in a row: 5, doubling up to six hours. */
export const retryDelay = (failures: number): number => Math.min(MAX_SECONDS, FIRST_SECONDS * 2 ** (failures - 1))
