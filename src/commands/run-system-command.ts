import { randomUUID } from 'node:crypto'
import type { CommandList } from './catalogue/command-list.js'
import { createRunRow, type InputOf, type ResultOf, type RunRowDeps } from './run-command.js'

/** Why a follower runs a command: an event that it has handled. */
export interface Cause {
  /** Derived from the subject of the command, so that a repeat appends nothing. */
  commandId: string
  /** The id of the event that led to it. */
  causationId: string
}

/**
 * Runs one command of the list without a user: for a follower, with its cause, or for the operator, without one.
 * @throws what `CommandHandler.handle` throws
 */
export type RunSystemCommand = <Name extends keyof CommandList>(
  name: Name,
  input: InputOf<Name>,
  cause?: Cause,
) => Promise<ResultOf<Name>>

/** In place of one of the body, which may differ in a repeat: the first command stands. */
const FINGERPRINT = 'system'

export function createRunSystemCommand(deps: RunRowDeps): RunSystemCommand {
  const runRow = createRunRow(deps)
  return (name, input, cause) => {
    const by = cause === undefined ? { commandId: randomUUID() } : { ...cause, fingerprint: FINGERPRINT }
    return runRow(name, input, { ...by, actor: null, origin: 'system', correlationId: randomUUID() })
  }
}
