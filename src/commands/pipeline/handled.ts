import type { Decided, EventShape } from '../../domain/event.js'
import type { ClientBox, Origin } from '../../domain/metadata.js'
import type { Position } from '../../eventstore/event-log.js'

/** Who sends a command, and whence. */
export interface CommandContext {
  commandId: string
  /** Given where the client gave the command a key: a repeat is then recognised for ever. */
  fingerprint?: string
  actor: string | null
  origin: Origin
  correlationId: string
  /** The id of the event that led to it. */
  causationId?: string
  client?: ClientBox
  /** Answers a repeat, and refuses what would be done for the first time. */
  onlyRepeat?: true
}

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

export type Handled<Event extends EventShape, Rejection> =
  /** Its events are in the log; `position` is at or after the last of them. */
  | { kind: 'done'; events: readonly DoneEvent<Event>[]; position: Position }
  /** It was done before: its first event stands at `version`. */
  | { kind: 'repeated'; version: number; position: Position }
  /** Already so; `position` is that of the stream's last event. */
  | { kind: 'unchanged'; position: Position }
  | { kind: 'rejected'; rejection: Rejection | CommonRejection }
