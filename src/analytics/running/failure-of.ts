import { describeFailure } from '../../projections/engine/describe-failure.js'
import { BadMacError } from '../../privacy/bad-mac-error.js'
import type { AnalyticsFailure } from '../database/checkpoints.js'
import type { ProjectionEvent } from '../projection-file.js'
import { ProjectionFailedError } from './projection-failed-error.js'

/** The projection cannot apply this event. */
export class EventFailedError extends Error {
  override readonly name = 'EventFailedError'
  constructor(
    readonly event: ProjectionEvent,
    override readonly cause: ProjectionFailedError,
  ) {
    super(cause.message, { cause })
  }
}

/** For the log: where a projection pauses, as lists show it, without a stack of Parley's own code. */
export class ProjectionPausedError extends Error {
  override readonly name = 'ProjectionPausedError'
  constructor(failure: AnalyticsFailure) {
    super(describeFailure(failure))
    this.stack = this.message
  }
}

interface ErrorFields {
  code?: string
  name: string
  message: string
}

function eventOf(error: unknown): Pick<AnalyticsFailure, 'position' | 'stream' | 'eventType'> {
  if (error instanceof BadMacError) {
    const { position, stream, eventType } = error
    return { position, stream, eventType }
  }
  const event = error instanceof EventFailedError ? error.event : null
  return { position: event?.position ?? null, stream: event?.stream ?? null, eventType: event?.type ?? null }
}

/** What is recorded of an error. Its message only where it cannot repeat personal data. */
export function failureOf(error: unknown, hidesMessages: boolean): AnalyticsFailure {
  const cause = error instanceof EventFailedError ? error.cause : error
  const { code, name, message }: ErrorFields = cause instanceof Error ? cause : new Error(String(cause))
  const { file, line } = cause instanceof ProjectionFailedError ? cause : { file: null, line: null }
  return {
    ...eventOf(error),
    code: code ?? name,
    message: hidesMessages ? null : message,
    file,
    line,
    at: new Date().toISOString(),
  }
}
