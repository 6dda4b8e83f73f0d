import { parseArgs } from 'node:util'
import { verifyBackup, type VerifiedBackup } from '../../backup/verify-backup.js'
import { UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'

const VERIFY = 'backup verify FILE [--json]'

/** Needs no database and no key. */
export const verifyBackupCommand: OperatorCommand = {
  usage: VERIFY,
  summary: 'check a backup: its digest, the audit chain of its events, and the signed checkpoints',
  parse(args) {
    const options = { json: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new UsageError(`Usage: parley ${VERIFY}`)
    return () => verify(file, values.json)
  },
}

async function verify(file: string, isJson: boolean): Promise<number> {
  const found = await verifyBackup(file)
  print(isJson ? JSON.stringify(toJson(found)) : report(file, found))
  return 0
}

const toJson = ({ header, events, hash, treeHead, signedUpTo, lastAt }: VerifiedBackup) => ({
  ok: true,
  backupId: header.backupId,
  installation: header.installation,
  at: header.at,
  events,
  lastAt,
  signedUpTo,
  head: { ordinal: events, hash, treeHead },
})

const report = (file: string, { header, events, hash, treeHead, signedUpTo, lastAt }: VerifiedBackup): string =>
  `${file} is complete: ${events} events up to ${lastAt}, ${signedUpTo} of them signed, of installation ${header.installation}, begun at ${header.at}. Chain ${hash}, tree ${treeHead}`
