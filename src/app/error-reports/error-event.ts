import type { Event, StackParser } from '@sentry/core'

/** A line of the log at the level error, as `log-fields.ts` lets it through: no message of a library, no content, no values. */
export interface ErrorLine {
  message: string
  stack?: string
  cause?: string
  requestId?: string
  traceId?: string
  route?: string
  event?: string
  follower?: string
  operation?: string
}

/** The event of an error line. Events of the same message, error and place are one issue. */
export function errorEvent(line: ErrorLine, parseStack: StackParser): Event {
  const { message, stack = line.cause, requestId, traceId, route, event, follower, operation } = line
  const place = route ?? event ?? follower ?? operation ?? ''
  const [header = message] = stack?.split('\n') ?? []
  const [type = header] = header.split(': ')
  const tags = { requestId, traceId, route, event, follower, operation }
  return {
    level: 'error',
    tags: Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== undefined)),
    fingerprint: [message, type, place],
    exception: {
      values: [{ type, value: `${message}: ${header}`, ...(stack && { stacktrace: { frames: parseStack(stack) } }) }],
    },
  }
}
