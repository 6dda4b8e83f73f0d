import { parseArgs } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import type { Foundations } from '../../app/foundations.js'
import { createSigningKeys } from '../../audit/checkpoints/signing-keys.js'
import { anchorFilesOf, createVerify } from '../../app/start-audit.js'
import type { Verification } from '../../audit/verification/verify-chain.js'
import { UsageError } from '../command-errors.js'
import { takeInterruption } from '../interruption.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { verifyFile } from './verify-file.js'

/** Also beside a running server. Exit code 1 where something differs. */
export const auditVerify: OperatorCommand = {
  usage: 'audit verify [--file FILE --key PEM] [--json]',
  summary: 'recompute the audit chain from its table and from the log, and name the first entry that differs',
  parse(args) {
    const { values } = parseArgs({
      args,
      options: {
        json: { type: 'boolean', default: false },
        'table-only': { type: 'boolean', default: false },
        anchor: { type: 'string', multiple: true, default: [] },
        file: { type: 'string' },
        key: { type: 'string', multiple: true, default: [] },
      },
    })
    const { file, key: keys } = values
    if ((file === undefined) !== (keys.length === 0))
      throw new UsageError('--file FILE needs --key PEM, and the other way round')
    if (file !== undefined) return () => verifyFile(file, keys, values.json)
    return (config) =>
      withFoundations(config, async (foundations) => {
        const anchorFiles = [...anchorFilesOf(config), ...values.anchor]
        const found = await verify(foundations, { isJson: values.json, tableOnly: values['table-only'], anchorFiles })
        print(values.json ? JSON.stringify(found) : report(found))
        return found.ok ? 0 : 1
      })
  },
}

async function verify(
  foundations: Foundations,
  { isJson, tableOnly, anchorFiles }: { isJson: boolean; tableOnly: boolean; anchorFiles: readonly string[] },
): Promise<Verification> {
  const signal = takeInterruption()
  const bar = createBar(isJson)
  try {
    const keys = createSigningKeys(foundations.databases.auditSigningKeys)
    return await createVerify(foundations, { keys, anchorFiles })(tableOnly ? 'table' : 'log', {
      onProgress(done, total) {
        bar?.setTotal(total)
        bar?.update(done)
      },
      signal,
    })
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

function report({ done, total, ok, head, signedUpTo, anchoredUpTo, restored, firstDivergence }: Verification): string {
  if (firstDivergence !== null) return `Entry ${firstDivergence.ordinal} differs: ${firstDivergence.reason}`
  const entries = ok ? `${total} entries are right` : `Interrupted. ${done} of ${total} entries are right`
  const heads = `${entries}, of which ${signedUpTo} are signed and ${anchoredUpTo} anchored. Chain ${head.hash}, tree ${head.treeHead}`
  return [heads, ...restored.map(restoredText)].join('\n')
}

const restoredText = ({ ordinal, at, checkpoints }: Verification['restored'][number]): string =>
  `The log was restored up to entry ${ordinal} at ${at}; ${checkpoints} anchored checkpoints of later entries: restored`
