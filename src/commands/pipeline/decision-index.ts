import type { Position } from '../../eventstore/event-log.js'
import type { EntityQuestion } from './entity.js'

/** Where a command's events are in the log. */
export interface IndexedCommand {
  stream: string
  /** Of its first event. */
  version: number
  /** Null where the client sent no key with the command. */
  fingerprint: string | null
}

export interface StreamEntityQuestion extends EntityQuestion {
  stream: string
}

/**
 * The port to the projection that remembers every command with a client's key and the facts of every entity, for ever. Each answer is of one
 * snapshot: complete for every event up to `checkpoint`.
 */
export interface DecisionIndex {
  lookUp(commandIds: readonly string[]): Promise<{ found: ReadonlyMap<string, IndexedCommand>; checkpoint: Position }>
  /** As many facts as questions, in their order. */
  lookUpEntities(
    questions: readonly StreamEntityQuestion[],
  ): Promise<{ facts: readonly unknown[]; checkpoint: Position }>
}
