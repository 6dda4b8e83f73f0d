import { randomUUID } from 'node:crypto'
import type { CommandList } from './catalogue/command-list.js'
import { createRunRow, type InputOf, type ResultOf } from './run-command.js'

/** What a follower commands by itself, after an event. */
export interface Cause {
  /** Derived from what it is about: the same again appends nothing. */
  commandId: string
  /** The id of the event that led to it. */
  causationId: string
}

/**
 * Runs one command of the list for nobody in particular: for a follower, by its cause, or for the operator, who has none.
 * @throws what `CommandHandler.handle` throws
 */
export type RunSystemCommand = <Name extends keyof CommandList>(
  name: Name,
  input: InputOf<Name>,
  cause?: Cause,
) => Promise<ResultOf<Name>>

/** In place of the body's: what a repeat found out may differ, and the first one stands. */
const FINGERPRINT = 'system'

export function createRunSystemCommand(deps: Parameters<typeof createRunRow>[0]): RunSystemCommand {
  const runRow = createRunRow(deps)
  return (name, input, cause) => {
    const by = cause === undefined ? { commandId: randomUUID() } : { ...cause, fingerprint: FINGERPRINT }
    return runRow(name, input, { ...by, actor: null, origin: 'system', correlationId: randomUUID() })
  }
}
