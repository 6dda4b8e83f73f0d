import { randomUUID } from 'node:crypto'
import type { Caller, RunCommand } from '../../commands/run-command.js'
import type { RequestInfo } from '../../domain/client-info.js'
import { CommandRejectedError } from '../command-rejected-error.js'
import type { RegisterUser } from './accounts.js'

/** Appends `UserRegistered`. For a user who is registered already it changes nothing and resolves. */
export const registerUser =
  (run: RunCommand): RegisterUser =>
  async ({ userId, name }, request) => {
    const caller: Caller = { userId, origin: 'rest', key: null, ...sourceOf(userId, request) }
    const result = await run('registerUser', { name, imported: false }, caller)
    if (result.kind === 'rejected') throw new CommandRejectedError(result.rejection.code)
  }

/** There is no session yet: the user's id stands in its place. */
const sourceOf = (userId: string, request?: RequestInfo): Pick<Caller, 'client' | 'correlationId'> =>
  request === undefined
    ? { client: null, correlationId: randomUUID() }
    : {
        client: { session: userId, ip: request.ip, userAgent: request.userAgent },
        correlationId: request.correlationId,
      }
