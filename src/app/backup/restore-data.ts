import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { BackupError } from '../../backup/backup-error.js'
import { openBackupLog } from '../../backup/backup-log.js'
import { copyEvents, LogsDifferError } from '../../eventstore/copy/copy-events.js'
import { createPositionMap } from '../../eventstore/copy/position-map.js'
import type { Position, RecordedEvent } from '../../eventstore/event-log.js'
import { withLogId } from '../../eventstore/positions.js'
import { appendToLogStream } from '../../privacy/log-stream.js'
import { commandCacheSizes } from '../cache-sizes.js'
import type { Config } from '../config.js'
import { countOtherProcesses, openDatabases } from '../databases.js'
import { openSealing } from '../foundations.js'
import { placeLocalKey } from '../local-secrets.js'
import { openTarget, type OpenedTarget } from '../log-copy/open-logs.js'
import { createReleases } from '../release.js'
import { beginRestore } from './begin-restore.js'
import type { CheckedRestore } from './restore-request.js'
import { restoreFollowers } from './restore-followers.js'
import { restoreKeys } from './restore-keys.js'
import { restoreRows } from './restore-rows.js'

/**
 * Keys, log and rows, into databases that nobody uses yet. Each step may be repeated: after an interruption or a crash, the same restore goes on
 * with the log where it was.
 * @throws BackupError
 */
export async function restoreData(config: Config, restore: CheckedRestore): Promise<void> {
  await using releases = createReleases()
  const { backup, report, print } = restore
  const { installation } = backup.header
  await placeSecrets(config, restore)
  const databases = await openDatabases(config, print, releases, { newInstallation: installation })
  const others = await countOtherProcesses(databases.main)
  if (others > 0) throw new BackupError(`${others} processes of Parley are connected to the database: stop them first`)
  await beginRestore(databases, restore)
  await restoreKeys(databases.keys, restore)
  const sealing = await openSealing(config, databases, report, commandCacheSizes)
  await using source = openBackupLog(restore.file, restore.events)
  const [first] = (await source.readAll(source.start, 1)).events
  if (first === undefined || !sealing.reader.isAuthentic(first))
    throw new BackupError('MASTER_KEY (or MASTER_KEYS_ACCEPTED) is not the key that signed the events of the backup')
  const address = config.eventStoreUrl === null ? ({ kind: 'main' } as const) : eventStore(config.eventStoreUrl)
  const target = await openTarget(address, first, { config, databases, report, releases })
  const ordinals = [...backup.followers, ...backup.skipped].map(({ ordinal }) =>
    String(Math.min(ordinal, restore.events)),
  )
  const map = createPositionMap(source, target.log, ordinals)
  const { surplus } = await copyAll(restore, source, target, map.onPair)
  if (restore.signal.aborted) return
  const positions = map.entries()
  const logId = restoredId(surplus, backup.header.backupId) ?? randomUUID()
  const positionOf = (ordinal: number): Position =>
    withLogId(positions.get(String(Math.min(ordinal, restore.events))) ?? target.log.start, logId)
  const event = {
    type: 'LogRestored',
    logId,
    backupId: backup.header.backupId,
    events: restore.events,
    backedUpEvents: backup.events,
    ...skippedAt(restore, positionOf),
  } as const
  if (surplus.length === 0) await appendToLogStream(() => [event], { log: target.log, ...sealing })
  await restoreRows(restore, { main: databases.main, log: target.log })
  await restoreFollowers(databases.main, backup.followers, positionOf)
}

const eventStore = (url: string) => ({ kind: 'eventstoredb', url }) as const

async function placeSecrets(
  { dataDir, masterKey, auditSigningKeys }: Config,
  { keysHeader }: CheckedRestore,
): Promise<void> {
  if (masterKey === null && keysHeader.masterKey === null)
    throw new BackupError('MASTER_KEY is missing: the installation that was backed up had one')
  if (masterKey === null && keysHeader.masterKey !== null)
    await placeLocalKey(dataDir, 'master-key', Buffer.from(keysHeader.masterKey, 'base64'))
  const [signing] = keysHeader.auditSigningKeys ?? []
  if (auditSigningKeys === null && signing !== undefined)
    await placeLocalKey(dataDir, 'audit-signing-key', Buffer.from(signing.key, 'base64'))
}

async function copyAll(
  { events, onProgress, signal }: CheckedRestore,
  source: ReturnType<typeof openBackupLog>,
  target: OpenedTarget,
  onPair: (original: RecordedEvent, copy: RecordedEvent) => void,
) {
  try {
    return await copyEvents({
      source,
      target,
      onPair: (_ordinal, original, copy) => onPair(original, copy),
      onProgress: (done) => onProgress('restoring events', done, events),
      signal,
    })
  } catch (error) {
    if (!(error instanceof LogsDifferError)) throw error
    throw new BackupError(
      `The event log is not empty: its event ${error.ordinal} is not that of the backup. Restore into an empty log`,
    )
  }
}

/** The id that an earlier run of this restore gave the log. @throws BackupError the log is in use */
function restoredId([after]: readonly RecordedEvent[], backupId: string): string | null {
  if (after === undefined) return null
  const data = JSON.parse(after.data) as { backupId?: string; logId?: string }
  if (after.type === 'LogRestored' && data.backupId === backupId && data.logId !== undefined) return data.logId
  throw new BackupError('The event log is not empty: it goes on after the end of the backup. Restore into an empty log')
}

function skippedAt({ backup, events }: CheckedRestore, positionOf: (ordinal: number) => Position) {
  const skipped = backup.skipped
    .filter(({ ordinal }) => ordinal <= events)
    .map(({ projection, ordinal }) => ({ projection, position: positionOf(ordinal) }))
  return skipped.length === 0 ? {} : { skipped }
}

export async function finishRestore(main: Pool, backupId: string): Promise<void> {
  await main.query('update restores set finished_at = now() where backup_id = $1', [backupId])
}
