import type { Config } from '../config.js'
import { UsageError } from './usage-error.js'
import { userInvite } from './user-invite.js'

const verbs: Record<string, (args: string[], config: Config) => Promise<number>> = {
  invite: userInvite,
}

/** `parley user VERB …` */
export function userCommand([verb = '', ...args]: string[], config: Config): Promise<number> {
  const command = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (command === undefined) throw new UsageError(`Usage: parley user ${Object.keys(verbs).join('|')} …`)
  return command(args, config)
}
