import { randomBytes, randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { nameSchema } from '../commands/catalogue/input-schemas.js'
import type { Config } from '../app/config.js'
import type { Core } from '../app/core.js'
import { createAccounts, type AuthenticatedAccount } from '../identity/accounts/accounts.js'
import { isEmail } from '../identity/accounts/email.js'
import { createPasswords } from '../identity/passwords/passwords.js'
import { registerUser } from '../identity/accounts/register-user.js'
import { CommandFailedError, UsageError } from './command-errors.js'
import type { OperatorCommand } from './operator-command.js'
import { print } from './output.js'
import { withCore } from './with-core.js'

/** Makes a link with which the user chooses a password, once. */
export type SetPasswordLink = (account: AuthenticatedAccount, core: Core, config: Config) => Promise<string>

const USAGE = 'user create [--admin] [--name NAME] EMAIL'

/**
 * Makes an account that no registration has to allow; the first admin is made so. The password that it begins with is random and
 * shown to no one: the link sets another.
 */
export const createUserCreate = (
  setPasswordLink: SetPasswordLink,
  printLine: (line: string) => unknown = print,
): OperatorCommand => ({
  usage: USAGE,
  namesUsers: true,
  summary: 'make an account, and print a link that sets its password',
  parse(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { admin: { type: 'boolean', default: false }, name: { type: 'string' } },
    })
    const [email, ...more] = positionals
    if (email === undefined || more.length > 0 || !isEmail(email)) throw new UsageError(`Usage: parley ${USAGE}`)
    const { data: name } = nameSchema.safeParse(values.name ?? email.slice(0, email.lastIndexOf('@')))
    if (name === undefined)
      throw new UsageError('--name takes 1 to 255 characters, without control characters and direction marks')
    return (config) =>
      withCore(config, async (core) => {
        const account = await register(core, email, name)
        if (values.admin) await core.runAsSystem('changeRoles', { userId: account.userId, change: { grant: 'admin' } })
        printLine(await setPasswordLink(account, core, config))
        return 0
      })
  },
})

async function register({ databases, run, clock }: Core, email: string, name: string): Promise<AuthenticatedAccount> {
  const accounts = createAccounts({
    pool: databases.main,
    passwords: createPasswords(),
    registerUser: registerUser(run),
    mode: 'open', // the operator needs no invite
    newId: randomUUID,
    clock,
  })
  const password = randomBytes(32).toString('base64url')
  const registered = await accounts.register({ email, password, name })
  if ('code' in registered)
    throw new CommandFailedError(`${email} is registered already; to give a role: parley user grant ${email} ROLE`)
  return registered
}
