import { randomUUID } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import type { Pool } from 'pg'
import { signCheckpoint } from '../../audit/checkpoints/sign-checkpoint.js'
import { createSigningKeys } from '../../audit/checkpoints/signing-keys.js'
import { BackupError } from '../../backup/backup-error.js'
import { BACKUP_FORMAT, KEYS_FORMAT, type BackupHeader, type KeysHeader } from '../../backup/backup-lines.js'
import { writeLines } from '../../backup/checksummed-lines.js'
import { createBackup } from '../../backup/create-backup.js'
import { createEncrypter, encryptTo } from '../../backup/keys-file.js'
import { createRowCipher, newRowKey } from '../../backup/row-cipher.js'
import { readKeys } from '../../backup/stored-keys.js'
import { writeFileWhole } from '../../backup/write-file.js'
import { readSkippedEvents } from '../../projections/engine/skipped-events.js'
import type { Config } from '../config.js'
import type { Foundations } from '../foundations.js'
import { readInstallation } from '../installation/read-installation.js'

export interface BackupRequest {
  /** A folder that is there, or the file to write. */
  to: string
  /** `age1…` */
  recipient: string
  print(line: string): void
  /** `total` is an estimate where the log is in EventStoreDB. */
  onProgress(done: number, total: number): void
  signal: AbortSignal
}

export interface MadeBackup {
  backupId: string
  file: string
  keysFile: string
  events: number
  keys: number
}

/** Fast: sealed fields do not shrink. */
const GZIP_LEVEL = 3

/**
 * Writes the two files of a backup, beside running nodes. The head of the log is fixed first, and keys are copied last: each event finds its key.
 * The file of the keys appears last, so a backup without it is incomplete.
 * @throws BackupError
 */
export async function makeBackup(
  config: Config,
  foundations: Foundations,
  request: BackupRequest,
): Promise<MadeBackup> {
  createEncrypter(request.recipient)
  const { databases, log, reader } = foundations
  const { file, keysFile } = await filesFor(request.to)
  await sign(foundations, request.print)
  const header = await makeHeader(foundations)
  const rowKey = newRowKey()
  const cipher = createRowCipher(rowKey, header.backupId)
  const source = { log, main: databases.main, cipher, skipped: await readSkippedEvents(log, reader) }
  const head = await log.head()
  const total = log.countBetween(log.start, head)
  let events = 0
  const onProgress = (done: number): void => request.onProgress((events = done), Math.max(done, total))
  const { signal } = request
  const lines = writeLines(createBackup(header, source, { head, onProgress }))
  await writeFileWhole(file, lines, { transforms: [createGzip({ level: GZIP_LEVEL })], signal })
  try {
    const keysHeader = { ...keysHeaderOf(config, databases, header), rowKey }
    const counted = { keys: 0 }
    const keyLines = writeLines(linesOfKeys(keysHeader, databases.keys, counted))
    await writeFileWhole(keysFile, encryptTo(request.recipient, keyLines), { signal })
    return { backupId: header.backupId, file, keysFile, events, keys: counted.keys }
  } catch (error) {
    await rm(file, { force: true }) // useless without its keys
    throw error
  }
}

async function filesFor(to: string): Promise<{ file: string; keysFile: string }> {
  const isFolder = (await statOf(to))?.isDirectory() === true
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const file = isFolder ? join(to, `parley-${stamp}.backup`) : to
  const keysFile = `${file.replace(/\.backup$/, '')}.keys.age`
  for (const path of [file, keysFile])
    if ((await statOf(path)) !== null) throw new BackupError(`${path} is there already: name another file`)
  return { file, keysFile }
}

const statOf = (path: string) => stat(path).catch(() => null)

/** So that as much of the backup as possible is signed. A chain that was altered is backed up too, as it is. */
async function sign({ databases }: Foundations, print: (line: string) => void): Promise<void> {
  const keys = createSigningKeys(databases.auditSigningKeys)
  await signCheckpoint({ pool: databases.main, keys, clock: () => new Date(), minIntervalMs: 0 }).catch(
    (error: unknown) =>
      print(`The audit chain was not signed: ${error instanceof Error ? error.message : String(error)}`),
  )
}

async function makeHeader({ databases: { main, auditSigningKeys }, log }: Foundations): Promise<BackupHeader> {
  const migrations = await main.query<{ name: string }>('select name from knex_migrations order by id')
  return {
    format: BACKUP_FORMAT,
    backupId: randomUUID(),
    installation: await readInstallation(main),
    at: new Date().toISOString(),
    logId: log.id,
    migrations: migrations.rows.map(({ name }) => name),
    publicKeys: createSigningKeys(auditSigningKeys).list.map(({ kid, publicKey }) => ({ kid, publicKey })),
  }
}

const inBase64 = (key: { export(): Buffer }): string => key.export().toString('base64')

/** Secrets that the configuration gives are the operator's to keep. */
function keysHeaderOf(
  config: Pick<Config, 'masterKey' | 'auditSigningKeys'>,
  { masterKey, auditSigningKeys }: Foundations['databases'],
  { backupId, installation, at }: BackupHeader,
): Omit<KeysHeader, 'rowKey'> {
  const isLocal = { masterKey: config.masterKey === null, auditSigningKeys: config.auditSigningKeys === null }
  return {
    format: KEYS_FORMAT,
    backupId,
    installation,
    at,
    masterKey: isLocal.masterKey ? inBase64(masterKey) : null,
    auditSigningKeys: isLocal.auditSigningKeys
      ? auditSigningKeys.map(({ kid, key }) => ({ kid, key: inBase64(key) }))
      : null,
  }
}

async function* linesOfKeys(header: KeysHeader, pool: Pool, counted: { keys: number }): AsyncGenerator<object> {
  yield header
  for await (const key of readKeys(pool)) {
    counted.keys++
    yield { key }
  }
}
