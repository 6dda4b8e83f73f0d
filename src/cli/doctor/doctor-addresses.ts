import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import { findSharedMailboxes } from '../../identity/accounts/stored-spelling.js'
import type { OperatorCommand } from '../operator-command.js'
import { withFoundations } from '../with-core.js'

/** Also beside a running server. */
export const doctorAddresses: OperatorCommand = {
  usage: 'doctor addresses [--json]',
  summary: 'list accounts that share their mailbox with another account',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
    return (config) => withFoundations(config, ({ databases }) => reportAddresses(databases.main, values.json))
  },
}

async function reportAddresses(pool: Pool, json: boolean): Promise<number> {
  const userIds = await findSharedMailboxes(pool)
  const lines = userIds.map((userId) => `user ${userId} shares the mailbox of another account\n`)
  process.stdout.write(json ? `${JSON.stringify({ userIds })}\n` : `${lines.join('')}${userIds.length} found\n`)
  return userIds.length === 0 ? 0 : 1
}
