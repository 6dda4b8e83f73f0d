import type { Position } from '../eventstore/event-log.js'

/** Where a command's events stand. */
export interface IndexedCommand {
  stream: string
  /** Of its first event. */
  version: number
  /** Null where the client gave the command no key of its own. */
  fingerprint: string | null
}

/** The port to the projection that remembers every command for ever; `src/projections/decision-index.ts` is it. */
export interface DecisionIndex {
  /** What is known of these commands, complete for every event up to `checkpoint`: rows and checkpoint are of one snapshot. */
  lookUp(commandIds: readonly string[]): Promise<{ found: ReadonlyMap<string, IndexedCommand>; checkpoint: Position }>
}
