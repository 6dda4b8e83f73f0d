import { parseArgs } from 'node:util'
import type { Config } from '../app/config.js'
import type { Core } from '../app/core.js'
import { accountRoles, type AccountRole } from '../domain/roles/events.js'
import type { RolesChange } from '../domain/roles/roles.js'
import { createAddresses, type Address } from '../identity/accounts/addresses.js'
import { CommandFailedError, UsageError } from './command-errors.js'
import type { OperatorCommand } from './operator-command.js'
import { print, printNotice } from './output.js'
import { withCore } from './with-core.js'

const UP_TO_DATE_MS = 10_000

const ROLES = accountRoles.join('|')

export const userGrant = rolesCommand(`user grant EMAIL ${ROLES} [--yes]`, 'give a user a role', (role) => ({
  grant: role,
}))

export const userRevoke = rolesCommand(`user revoke EMAIL ${ROLES}`, 'take a role from a user', (role) => ({
  withdraw: role,
}))

function rolesCommand(usage: string, summary: string, changeTo: (role: AccountRole) => RolesChange): OperatorCommand {
  return {
    usage,
    namesUsers: true,
    summary,
    parse(args) {
      const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: { yes: { type: 'boolean', default: false } },
      })
      const [email, name, ...more] = positionals
      const role = accountRoles.find((known) => known === name)
      if (email === undefined || role === undefined || more.length > 0) throw new UsageError(`Usage: parley ${usage}`)
      return (config) => changeRoles(email, changeTo(role), values.yes, config)
    },
  }
}

const changeRoles = (email: string, change: RolesChange, isConfirmed: boolean, config: Config): Promise<number> =>
  withCore(config, async (core) => {
    const account = await createAddresses(core.databases.main).find(email)
    if (account === null) throw new CommandFailedError(`Nobody is registered with ${email}`)
    printNotice(await describe(account, core))
    if ('grant' in change && !isConfirmed && mustBeConfirmed(account, config))
      throw new CommandFailedError("The address is not verified, so it may be someone else's: add --yes to go on")
    return apply(account, change, core)
  })

/** In production anyone may register with another's address: the operator must have looked at it. */
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
    const { code } = result.rejection
    throw new CommandFailedError(code === 'last-admin' ? 'Nobody else is admin: make someone admin first' : code)
  }
  const { roles } = await accountStatuses.of(userId)
  print(`${result.kind === 'unchanged' ? 'It is so already' : 'Done'}; ${rolesText(roles)}`)
  return 0
}

async function describe({ userId, email, isVerified }: Address, core: Core): Promise<string> {
  const { log, queries, runners, accountStatuses } = core
  await runners.conversations.progress.reached(await log.head(), { timeoutMs: UP_TO_DATE_MS })
  const [profile, { roles, isActive, isErased }] = await Promise.all([
    queries.ownProfile(userId),
    accountStatuses.of(userId),
  ])
  const facts = [
    isVerified ? 'address verified' : 'address not verified',
    ...(isErased ? ['erased'] : isActive ? [] : ['deactivated']),
    `registered ${profile?.createdAt ?? 'at an unknown time'}`,
    rolesText(roles),
  ]
  return `${profile?.name ?? 'without a name'} <${email}>, ${userId}: ${facts.join(', ')}`
}

const rolesText = (roles: readonly AccountRole[]): string =>
  roles.length === 0 ? 'no roles' : `roles: ${roles.join(', ')}`
