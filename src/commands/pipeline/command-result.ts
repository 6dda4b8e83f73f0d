import type { Decided, EventShape } from '../../domain/event.js'
import type { Position } from '../../eventstore/event-log.js'

/** Refusals that any command may meet, whatever its stream. */
export type CommonRejection =
  /** The key was used before, with another body. */
  | { code: 'idempotency-key-reused' }
  /** Its events would take more than 256 KiB. */
  | { code: 'command-too-large' }
  /** Only a repeat was asked for. */
  | { code: 'not-a-repeat' }

/** An event as this command recorded it. */
export interface DoneEvent<Event extends EventShape> {
  event: Decided<Event>
  version: number
  at: string
}

export type CommandResult<Event extends EventShape, Rejection> =
  /** Its events are in the log; `position` is at or after the last of them. */
  | { kind: 'done'; events: readonly DoneEvent<Event>[]; position: Position }
  /** It was done before: its first event has `version`. */
  | { kind: 'repeated'; version: number; position: Position }
  /** Already so; `position` is that of the stream's last event. */
  | { kind: 'unchanged'; position: Position }
  | { kind: 'rejected'; rejection: Rejection | CommonRejection }

/** The result of a command of any stream kind. */
export type AnyCommandResult = CommandResult<EventShape, unknown>
