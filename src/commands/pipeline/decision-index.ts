import type { MessageFact } from '../../domain/chat/message-fact.js'
import type { Position } from '../../eventstore/event-log.js'

/** Where a command's events stand. */
export interface IndexedCommand {
  stream: string
  /** Of its first event. */
  version: number
  /** Null where the client gave the command no key of its own. */
  fingerprint: string | null
}

/** A message of a chat, and who asks. */
export interface IndexQuestion {
  chatId: string
  messageId: string
  userId: string | null
}

/** The port to the projection that remembers every command and every message for ever; `src/projections/decision-index.ts` is it. */
export interface DecisionIndex {
  /** What is known of these commands, complete for every event up to `checkpoint`: rows and checkpoint are of one snapshot. */
  lookUp(commandIds: readonly string[]): Promise<{ found: ReadonlyMap<string, IndexedCommand>; checkpoint: Position }>
  /** As many facts as questions, in their order. */
  lookUpMessages(asked: readonly IndexQuestion[]): Promise<{ facts: readonly MessageFact[]; checkpoint: Position }>
}
