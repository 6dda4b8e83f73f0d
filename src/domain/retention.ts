const DAY_MS = 24 * 60 * 60_000

/** The longest retention: a hundred years. */
export const MAX_RETENTION_DAYS = 36_500

/** What shows an earlier time is shown as erased; null where everything is kept. */
export const retentionCutoff = (days: number | null, now: Date): Date | null =>
  days === null ? null : new Date(now.getTime() - days * DAY_MS)

/** Whether a message that shows this time (ISO-8601) is past its chat's retention. */
export function isPastRetention(shownAt: string, days: number | null, now: Date): boolean {
  const cutoff = retentionCutoff(days, now)
  return cutoff !== null && Date.parse(shownAt) < cutoff.getTime()
}
