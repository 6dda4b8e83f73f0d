import pg from 'pg'

/** A time as Postgres writes it: `2026-03-01 12:30:00.25+00`, by the clock of the session's time zone. */
export type Instant = string

/** Asks for the text of a time: a Date for each would cost more than all else of its row. */
export const instant = (column: string): string => `${column}::text`

const toDate = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date

/** ISO-8601 UTC with milliseconds. Cheap where the session's time zone is UTC, as on the server's own connections. */
export function toIso(at: Instant): string {
  if (!at.endsWith('+00') || at[10] !== ' ') return toDate(at).toISOString()
  return `${at.slice(0, 10)}T${at.slice(11, 19)}.${at.slice(20, -3).slice(0, 3).padEnd(3, '0')}Z`
}
