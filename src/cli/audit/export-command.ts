import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import { exportChain } from '../../audit/export/export-chain.js'
import { signCheckpoint } from '../../audit/checkpoints/sign-checkpoint.js'
import { createSigningKeys } from '../../audit/checkpoints/signing-keys.js'
import { CommandFailedError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { withFoundations } from '../with-core.js'

/** Also beside a running server. Signs what is new in the chain first, so that all of the export is signed. */
export const auditExport: OperatorCommand = {
  usage: 'audit export',
  summary: 'write the signed audit chain to standard output, as NDJSON',
  parse(args) {
    parseArgs({ args, options: {} })
    return (config) =>
      withFoundations(config, async ({ databases: { main: pool, auditSigningKeys } }) => {
        const keys = createSigningKeys(auditSigningKeys)
        const last = await signCheckpoint({ pool, keys, clock: () => new Date(), minIntervalMs: 0 })
        if (last === null) throw new CommandFailedError('The audit chain has no entry yet: start Parley first')
        await write(pool, last.ordinal)
        return 0
      })
  },
}

const write = (pool: Pool, signedUpTo: number): Promise<void> =>
  pipeline(Readable.from(linesOf(pool, signedUpTo)), process.stdout, { end: false })

async function* linesOf(pool: Pool, signedUpTo: number): AsyncGenerator<string> {
  for await (const line of exportChain(pool, signedUpTo)) yield `${JSON.stringify(line)}\n`
}
