/** A time as Postgres gives it most cheaply, whatever its time zone and date style: a Date for each would cost more than its row. */
export type EpochSeconds = number

export const epoch = (column: string): string => `date_part('epoch', ${column})`

/** ISO-8601 UTC with milliseconds. */
export const toIso = (seconds: EpochSeconds): string => new Date(Math.round(seconds * 1000)).toISOString()
