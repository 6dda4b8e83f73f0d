import { BackupError } from '../../backup/backup-error.js'
import type { FileHeader } from '../../backup/backup-lines.js'
import { readKeysHeader, readTombstonesFile } from '../../backup/keys-lines.js'
import { verifyBackup } from '../../backup/verify-backup.js'
import { mainMigrations } from '../migrations.js'
import type { CheckedRestore, RestoreRequest } from './restore-request.js'

/** Reads all files before anything is opened or changed. @throws BackupError */
export async function checkRestore(request: RestoreRequest): Promise<CheckedRestore> {
  const { file, keysFile, identities, until, tombstonesFile } = request
  const last = { events: 0, hash: '', lastAt: '' }
  let isOver = false
  const backup = await verifyBackup(file, {
    onEntry({ ordinal, at, hash }) {
      isOver ||= until !== null && ('at' in until ? at > until.at : ordinal > until.ordinal)
      if (!isOver) Object.assign(last, { events: ordinal, hash, lastAt: at })
      if (ordinal % REPORT_EVERY === 0) request.onProgress('verifying the backup', ordinal, ordinal)
    },
  })
  const { header } = backup
  if (last.events === 0) throw new BackupError(`--until: the first event of ${file} is later`)
  if (until !== null && 'ordinal' in until && until.ordinal > backup.events)
    throw new BackupError(`--until: ${file} has only ${backup.events} events`)
  const names = new Set(mainMigrations.map(({ name }) => name))
  if (!header.migrations.every((name) => names.has(name)))
    throw new BackupError(`${file} was made by a newer release: restore it with that release`)
  const keysHeader = await readKeysHeader(keysFile, identities)
  checkInstallation(keysFile, keysHeader, header.installation)
  if (keysHeader.backupId !== header.backupId)
    throw new BackupError(
      `${keysFile} holds the keys of another backup (of ${keysHeader.at}): name those of ${header.at}`,
    )
  if (tombstonesFile !== null) await checkTombstones(tombstonesFile, identities, header)
  return { ...request, ...last, backup, keysHeader }
}

const REPORT_EVERY = 1_000

function checkInstallation(file: string, { installation }: FileHeader, expected: string): void {
  if (installation !== expected)
    throw new BackupError(
      `${file} is of installation ${installation}, the backup of ${expected}: name the file that belongs to it`,
    )
}

async function checkTombstones(file: string, identities: readonly string[], backup: FileHeader): Promise<void> {
  for await (const line of readTombstonesFile(file, identities)) {
    if (!('format' in line)) continue // read to its end, which checks its digest
    checkInstallation(file, line, backup.installation)
    if (line.at < backup.at)
      throw new BackupError(
        `${file} is older (${line.at}) than the backup (${backup.at}): name the newest that there is`,
      )
  }
}
