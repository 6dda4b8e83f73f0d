import { randomUUID } from 'node:crypto'
import type { RunCommand } from '../../commands/run-command.js'

/** Registering again what is registered changes nothing, and is as good. */
export const registerUser = (run: RunCommand) => async (user: { userId: string; name: string }) => {
  const caller = { userId: user.userId, origin: 'rest', correlationId: randomUUID(), key: null, client: null } as const
  const result = await run('registerUser', { name: user.name, imported: false }, caller)
  if (result.kind === 'rejected') throw new Error(`registering: ${result.rejection.code}`)
}
