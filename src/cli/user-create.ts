import { randomBytes, randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { nameSchema } from '../commands/catalogue/input-schemas.js'
import type { Config } from '../app/config.js'
import type { Core } from '../app/core.js'
import { createAccounts, type AuthenticatedAccount } from '../identity/accounts/accounts.js'
import { isEmail } from '../identity/accounts/email.js'
import { createPasswords } from '../identity/passwords/passwords.js'
import { registerUser } from '../identity/accounts/register-user.js'
import { UsageError } from './usage-error.js'
import { withCore } from './with-core.js'

/** Makes a link with which the person chooses a password, once. */
export type SetPasswordLink = (account: AuthenticatedAccount, core: Core, config: Config) => Promise<string>

const USAGE = 'Usage: parley user create [--admin] [--name NAME] EMAIL'

/**
 * `parley user create [--admin] [--name NAME] EMAIL`: someone whom no registration has to let in; how the first admin comes to be. Nobody
 * ever knows the password that the account begins with.
 */
export const createUserCreate =
  (setPasswordLink: SetPasswordLink, print: (line: string) => unknown = (line) => process.stdout.write(`${line}\n`)) =>
  (args: string[], config: Config): Promise<number> => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { admin: { type: 'boolean', default: false }, name: { type: 'string' } },
    })
    const [email, ...more] = positionals
    if (email === undefined || more.length > 0 || !isEmail(email)) throw new UsageError(USAGE)
    const { data: name } = nameSchema.safeParse(values.name ?? email.slice(0, email.lastIndexOf('@')))
    if (name === undefined) throw new UsageError('--name takes 1 to 255 characters, none of control or direction')
    return withCore(config, async (core) => {
      const accounts = createAccounts({
        pool: core.databases.main,
        passwords: createPasswords(),
        registerUser: registerUser(core.run),
        mode: 'open', // the operator needs no invite
        newId: randomUUID,
        clock: core.clock,
      })
      const password = randomBytes(32).toString('base64url')
      const registered = await accounts.register({ email, password, name })
      if ('code' in registered)
        throw new UsageError(`${email} is registered already; to give a role: parley user grant ${email} ROLE`)
      if (values.admin) await core.runAsSystem('changeRoles', { userId: registered.userId, change: { grant: 'admin' } })
      print(await setPasswordLink(registered, core, config))
      return 0
    })
  }
