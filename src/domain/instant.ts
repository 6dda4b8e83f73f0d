/**
 * A time as the log and the read models keep it: ISO-8601 UTC with milliseconds, in the years 0001 to 9999. Others cannot be stored by
 * every projection, nor written with four digits. `text` may have any offset; null where it is no such time.
 */
export function toInstant(text: string): string | null {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) return null
  const year = time.getUTCFullYear()
  return year >= 1 && year <= 9999 ? time.toISOString() : null
}
