import { parseArgs } from 'node:util'
import type { Config } from '../app/config.js'
import { openDatabases } from '../app/databases.js'
import { makeInvite } from '../identity/accounts/invites.js'
import { createReleases } from '../app/release.js'
import { printNotice } from './output.js'
import { UsageError } from './usage-error.js'

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `parley user invite [--expires 7d]`: prints a link with which one person can register. */
export async function userInvite(args: string[], config: Config): Promise<number> {
  const { values } = parseArgs({ args, options: { expires: { type: 'string', default: '7d' } } })
  const expiresAt = new Date(Date.now() + durationMs(values.expires))
  const releases = createReleases()
  try {
    const { main } = await openDatabases(config, printNotice, releases)
    const token = await makeInvite(main, expiresAt)
    process.stdout.write(`${config.publicUrl ?? `http://localhost:${config.port}`}/register#invite=${token}\n`)
    printNotice(`For one registration, until ${expiresAt.toISOString()}`)
    if (config.registration !== 'invite')
      printNotice(`REGISTRATION is ${config.registration}: invites count where it is invite`)
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
