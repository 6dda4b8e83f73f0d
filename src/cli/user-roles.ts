import { parseArgs } from 'node:util'
import type { Config } from '../app/config.js'
import type { Core } from '../app/core.js'
import { accountRoles, type AccountRole } from '../domain/roles/events.js'
import type { RolesChange } from '../domain/roles/roles.js'
import { createAddresses, type Address } from '../identity/accounts/addresses.js'
import { UsageError } from './usage-error.js'
import { printNotice } from './output.js'
import { withCore } from './with-core.js'

const UP_TO_DATE_MS = 10_000

/** `parley user grant EMAIL ROLE [--yes]` */
export const userGrant = (args: string[], config: Config): Promise<number> =>
  changeRoles('grant', args, config, (role) => ({ grant: role }))

/** `parley user revoke EMAIL ROLE [--yes]` */
export const userRevoke = (args: string[], config: Config): Promise<number> =>
  changeRoles('revoke', args, config, (role) => ({ withdraw: role }))

async function changeRoles(
  verb: string,
  args: string[],
  config: Config,
  changeTo: (role: AccountRole) => RolesChange,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { yes: { type: 'boolean', default: false } },
  })
  const [email, name, ...more] = positionals
  const role = accountRoles.find((known) => known === name)
  if (email === undefined || role === undefined || more.length > 0)
    throw new UsageError(`Usage: parley user ${verb} EMAIL ${accountRoles.join('|')} [--yes]`)

  return withCore(config, async (core) => {
    const account = await createAddresses(core.databases.main).find(email)
    if (account === null) throw new UsageError(`Nobody is registered with ${email}`)
    printNotice(await describe(account, core))
    const change = changeTo(role)
    if ('grant' in change && !values.yes && mustBeConfirmed(account, config)) {
      printNotice(
        'Its address is not verified: whoever registered with it need not own it. With --yes it is done all the same',
      )
      return 1
    }
    return apply(account, change, core)
  })
}

/** Where anyone may register under anyone's address, a role is given only to whom the operator has looked at. */
export const mustBeConfirmed = (
  { isVerified }: Pick<Address, 'isVerified'>,
  { production }: Pick<Config, 'production'>,
) => production && !isVerified

async function apply(
  { userId }: Address,
  change: RolesChange,
  { runAsSystem, accountStatuses }: Core,
): Promise<number> {
  const result = await runAsSystem('changeRoles', { userId, change })
  if (result.kind === 'rejected') {
    printNotice(
      result.rejection.code === 'last-admin' ? 'Nobody else is admin: make someone admin first' : result.rejection.code,
    )
    return 1
  }
  process.stdout.write(
    `${result.kind === 'unchanged' ? 'It is so already' : 'Done'}; ${rolesText((await accountStatuses.of(userId)).roles)}\n`,
  )
  return 0
}

async function describe({ userId, email, isVerified }: Address, core: Core): Promise<string> {
  const { log, queries, runners, accountStatuses } = core
  await runners.conversations.progress.reached(await log.head(), { timeoutMs: UP_TO_DATE_MS })
  const [profile, { roles, isActive }] = await Promise.all([queries.ownProfile(userId), accountStatuses.of(userId)])
  const facts = [
    isVerified ? 'address verified' : 'address not verified',
    ...(isActive ? [] : ['deactivated']),
    `registered ${profile?.createdAt ?? 'at an unknown time'}`,
    rolesText(roles),
  ]
  return `${profile?.name ?? 'without a name'} <${email}>, ${userId}: ${facts.join(', ')}`
}

const rolesText = (roles: readonly AccountRole[]): string =>
  roles.length === 0 ? 'no roles' : `roles: ${roles.join(', ')}`
