import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import { readProtection, weaknessOf } from '../../audit/chain/protection.js'
import type { OperatorCommand } from '../operator-command.js'
import { withFoundations } from '../with-core.js'
import { describeWeakness } from './describe-weakness.js'

/** Also beside a running server. */
export const doctorAudit: OperatorCommand = {
  usage: 'doctor audit [--json]',
  summary: 'name what weakens the protection of the audit chain',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
    return (config) => withFoundations(config, ({ databases }) => reportProtection(databases.main, values.json))
  },
}

async function reportProtection(pool: Pool, json: boolean): Promise<number> {
  const protection = await readProtection(pool)
  const weakness = weaknessOf(protection)
  const text = weakness === null ? 'The audit chain is protected' : describeWeakness(weakness)
  process.stdout.write(json ? `${JSON.stringify({ ...protection, weakness })}\n` : `${text}\n`)
  return weakness === null ? 0 : 1
}
