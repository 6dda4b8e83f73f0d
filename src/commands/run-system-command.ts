import { randomUUID } from 'node:crypto'
import type { EventShape } from '../domain/event.js'
import { commandList, type CommandList } from './command-list.js'
import type { CommandRow } from './command-row.js'
import type { CommandHandler } from './handle-command.js'
import type { Handled } from './handled.js'
import type { InputOf } from './run-command.js'

/** What a follower commands by itself, after an event. */
export interface Cause {
  /** Derived from what it is about: the same again appends nothing. */
  commandId: string
  /** The id of the event that led to it. */
  causationId: string
}

/** Runs one command of the list for nobody in particular. @throws what `CommandHandler.handle` throws */
export type RunSystemCommand = <Name extends keyof CommandList>(
  name: Name,
  input: InputOf<Name>,
  cause: Cause,
) => Promise<Handled<EventShape, unknown>['kind']>

/** In place of the body's: what a repeat found out may differ, and the first one stands. */
const FINGERPRINT = 'system'

export const createRunSystemCommand =
  (handler: Pick<CommandHandler, 'handle'>): RunSystemCommand =>
  async (name, input, cause) => {
    const row = commandList[name] as unknown as CommandRow<unknown, unknown, unknown, EventShape, unknown>
    const stream = row.stream(input, cause.commandId, '')
    const origin = { actor: null, origin: 'system', correlationId: randomUUID(), fingerprint: FINGERPRINT } as const
    const command = row.command(input, cause.commandId, '')
    return (await handler.handle(stream, row.kind, command, { ...cause, ...origin })).kind
  }
