import type { ClientBox, Origin } from '../../domain/metadata.js'

/** Who sends a command, and from where. */
export interface CommandContext {
  commandId: string
  /** Given where the client sent a key with the command: a repeat is then recognised for ever. */
  fingerprint?: string
  /** Null for the system. */
  actor: string | null
  origin: Origin
  correlationId: string
  /** The id of the event that led to it. */
  causationId?: string
  client?: ClientBox
  /** Answers a repeat, and refuses a command that was not done before. */
  onlyRepeat?: true
}
