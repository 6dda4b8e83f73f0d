import type { ShownFailure } from './projection-states.js'

/** Where a projection is paused, and why, on one line. */
export function describeFailure({ position, eventType, stream, code, message, file, line }: ShownFailure): string {
  const at = position === null ? '' : ` at ${position} by ${eventType ?? ''} in ${stream ?? ''}`
  const place = file == null ? '' : ` (${file}${line == null ? '' : `:${line}`})`
  const why = message == null ? '' : ` ${message.replaceAll(/\s+/g, ' ')}`
  return `paused${at}: ${code}${why}${place}`
}
