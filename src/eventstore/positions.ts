import { type Position, UnknownPositionError } from './event-log.js'

/** Between the text of a position, `<logId>.<n>`, and its number, by which the adapter orders (0: before the first event). */
export interface Positions {
  format(n: number): Position
  /** @throws UnknownPositionError */
  parse(position: Position): number
}

/** The same place in a log that was given another id. */
export const withLogId = (position: Position, logId: string): Position =>
  logId + position.slice(position.lastIndexOf('.'))

const NUMBER = /^(?:0|[1-9]\d*)$/

export function createPositions(logId: string): Positions {
  const prefix = `${logId}.`
  return {
    format: (n) => `${prefix}${n}`,
    parse(position) {
      const digits = position.slice(prefix.length)
      const n = Number(digits)
      if (!position.startsWith(prefix) || !NUMBER.test(digits) || !Number.isSafeInteger(n))
        throw new UnknownPositionError(position)
      return n
    },
  }
}
