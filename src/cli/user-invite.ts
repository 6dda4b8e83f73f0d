import { parseArgs } from 'node:util'
import type { Config } from '../app/config.js'
import { openDatabases } from '../app/databases.js'
import { makeInvite } from '../identity/accounts/invites.js'
import { createReleases } from '../app/release.js'
import { UsageError } from './command-errors.js'
import type { OperatorCommand } from './operator-command.js'
import { print, printNotice } from './output.js'

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

export const userInvite: OperatorCommand = {
  usage: 'user invite [--expires 7d]',
  namesUsers: true,
  summary: 'print a link with which one user can register',
  parse(args) {
    const { values } = parseArgs({ args, options: { expires: { type: 'string', default: '7d' } } })
    const validMs = durationMs(values.expires)
    return (config) => invite(new Date(Date.now() + validMs), config)
  },
}

async function invite(expiresAt: Date, config: Config): Promise<number> {
  const releases = createReleases()
  try {
    const { main } = await openDatabases(config, printNotice, releases)
    const token = await makeInvite(main, expiresAt)
    print(`${config.publicUrl ?? `http://localhost:${config.port}`}/register#invite=${token}`)
    printNotice(`Valid for one registration, until ${expiresAt.toISOString()}`)
    if (config.registration !== 'invite')
      printNotice(`REGISTRATION is ${config.registration}: invites are only used where it is invite`)
    return 0
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}

/** @throws UsageError */
function durationMs(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? []
  const ms = Number(count) * (UNIT_MS[unit] ?? 0)
  if (ms === 0) throw new UsageError('--expires takes minutes, hours or days: 30m, 12h, 7d')
  return ms
}
