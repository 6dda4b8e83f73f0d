import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { BackupError } from './backup-error.js'
import { BACKUP_FORMAT, type BackupEnd, type BackupHeader, type BackupLine } from './backup-lines.js'
import { readLines } from './checksummed-lines.js'

/** A line of a backup, with its header and end. */
export type AnyBackupLine = BackupHeader | BackupLine | { end: BackupEnd }

/** @throws BackupError */
export async function* readBackup(file: string): AsyncGenerator<AnyBackupLine> {
  const source = createReadStream(file)
  const unzip = createGunzip()
  source.on('error', (error) => unzip.destroy(error))
  try {
    let isFirst = true
    for await (const line of readLines(source.pipe(unzip), file)) {
      if (isFirst && (line as Partial<BackupHeader>).format !== BACKUP_FORMAT) throw notABackup(file)
      isFirst = false
      yield line as AnyBackupLine
    }
  } catch (error) {
    throw explainRead(file, error)
  } finally {
    source.destroy()
    unzip.destroy()
  }
}

export async function readBackupHeader(file: string): Promise<BackupHeader> {
  for await (const line of readBackup(file)) return line as BackupHeader
  throw notABackup(file)
}

const notABackup = (file: string): BackupError =>
  new BackupError(`${file} is no backup of Parley, or one of a later release: name the file that ends in .backup`)

export function explainRead(file: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR') return new BackupError(`${file} is incomplete: it ends too early`, { cause: error })
  if (code === 'Z_DATA_ERROR') return new BackupError(`${file} is damaged, or no backup of Parley`, { cause: error })
  if (/^E[A-Z]+$/.test(code)) return new BackupError(`${file} cannot be read (${code})`, { cause: error })
  return error
}
