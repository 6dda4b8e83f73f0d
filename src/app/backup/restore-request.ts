import type { FailureReport } from '../../async/outage.js'
import type { KeysHeader } from '../../backup/backup-lines.js'
import type { VerifiedBackup } from '../../backup/verify-backup.js'

export interface RestoreRequest {
  file: string
  keysFile: string
  identities: readonly string[]
  /** The last event that is restored: by its ordinal, or by recorded time (ISO-8601, UTC); null: all. */
  until: { ordinal: number } | { at: string } | null
  /** Lists what was destroyed since the backup; null: the operator says that nothing was. */
  tombstonesFile: string | null
  print(line: string): void
  report: FailureReport
  /** `step` as in "restoring events". */
  onProgress(step: string, done: number, total: number): void
  signal: AbortSignal
}

/** A restore whose files were found right. */
export interface CheckedRestore extends RestoreRequest {
  backup: VerifiedBackup
  keysHeader: KeysHeader
  /** How many events are restored. */
  events: number
  /** Hash of the chain at the last of them. */
  hash: string
  /** Recorded time of the last of them. */
  lastAt: string
}
