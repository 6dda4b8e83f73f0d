import { randomUUID } from 'node:crypto'
import type { RunCommand } from '../../commands/run-command.js'
import { CommandRejectedError } from '../command-rejected-error.js'

/** Appends `UserRegistered`. For a user who is registered already it changes nothing and resolves. */
export const registerUser = (run: RunCommand) => async (user: { userId: string; name: string }) => {
  const caller = { userId: user.userId, origin: 'rest', correlationId: randomUUID(), key: null, client: null } as const
  const result = await run('registerUser', { name: user.name, imported: false }, caller)
  if (result.kind === 'rejected') throw new CommandRejectedError(result.rejection.code)
}
