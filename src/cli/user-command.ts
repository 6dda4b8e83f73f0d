import type { Config } from '../app/config.js'
import { UsageError } from './usage-error.js'
import { setPasswordLink } from './set-password-link.js'
import { createUserCreate } from './user-create.js'
import { userInvite } from './user-invite.js'
import { userGrant, userRevoke } from './user-roles.js'

const verbs: Record<string, (args: string[], config: Config) => Promise<number>> = {
  create: createUserCreate(setPasswordLink),
  grant: userGrant,
  revoke: userRevoke,
  invite: userInvite,
}

/** `parley user VERB …` */
export function userCommand([verb = '', ...args]: string[], config: Config): Promise<number> {
  const command = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (command === undefined) throw new UsageError(`Usage: parley user ${Object.keys(verbs).join('|')} …`)
  return command(args, config)
}
