import { parseArgs } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import type { Foundations } from '../../app/foundations.js'
import { createSigningKeys } from '../../audit/checkpoints/signing-keys.js'
import { verifyChain, type Verification } from '../../audit/verification/verify-chain.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'

/** Also beside a running server. Exit code 1 where something differs. */
export const auditVerify: OperatorCommand = {
  usage: 'audit verify [--json]',
  summary: 'recompute the audit chain from its table and from the log, and name the first entry that differs',
  parse(args) {
    const { values } = parseArgs({
      args,
      options: { json: { type: 'boolean', default: false }, 'table-only': { type: 'boolean', default: false } },
    })
    return (config) =>
      withFoundations(config, async (foundations) => {
        const found = await verify(foundations, { isJson: values.json, tableOnly: values['table-only'] })
        print(values.json ? JSON.stringify(found) : report(found))
        return found.ok ? 0 : 1
      })
  },
}

async function verify(
  { databases, log, reader }: Foundations,
  { isJson, tableOnly }: { isJson: boolean; tableOnly: boolean },
): Promise<Verification> {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  const bar = createBar(isJson)
  try {
    return await verifyChain(
      {
        pool: databases.main,
        log: tableOnly ? null : log,
        keys: createSigningKeys(databases.auditSigningKeys),
        isAuthentic: (event) => reader.isAuthentic(event),
      },
      {
        onProgress(done, total) {
          bar?.setTotal(total)
          bar?.update(done)
        },
        signal: interruption.signal,
      },
    )
  } finally {
    bar?.stop()
  }
}

/** None for machines, and where standard error is no terminal. */
function createBar(isJson: boolean): SingleBar | null {
  if (isJson || !process.stderr.isTTY) return null
  const format = 'verifying {bar} {percentage}% | {value}/{total} entries | {eta_formatted} left'
  const bar = new SingleBar({ format, stream: process.stderr }, Presets.shades_classic)
  bar.start(0, 0)
  return bar
}

function report({ done, total, ok, head, signedUpTo, firstDivergence }: Verification): string {
  if (firstDivergence !== null) return `Entry ${firstDivergence.ordinal} differs: ${firstDivergence.reason}`
  const entries = ok ? `${total} entries are right` : `Interrupted. ${done} of ${total} entries are right`
  return `${entries}, of which ${signedUpTo} are signed. Chain ${head.hash}, tree ${head.treeHead}`
}
