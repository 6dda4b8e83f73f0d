import { open } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { BackupError } from './backup-error.js'
import {
  KEYS_FORMAT,
  TOMBSTONES_FORMAT,
  type FileHeader,
  type KeyRow,
  type KeysHeader,
  type Tombstone,
} from './backup-lines.js'
import { readLines } from './checksummed-lines.js'
import { decryptWith } from './keys-file.js'
import { explainRead } from './read-backup.js'

/** The header of a file of keys, then its keys. @throws BackupError at the end too, where the file is damaged */
export async function* readKeysFile(
  file: string,
  identities: readonly string[],
): AsyncGenerator<KeysHeader | { key: KeyRow }> {
  let isFirst = true
  for await (const line of readLines(decryptWith(identities, file), file)) {
    if (isFirst && (line as Partial<KeysHeader>).format !== KEYS_FORMAT)
      throw new BackupError(`${file} holds no keys of a backup of Parley, or of a later release`)
    isFirst = false
    yield line as KeysHeader | { key: KeyRow }
  }
}

export async function readKeysHeader(file: string, identities: readonly string[]): Promise<KeysHeader> {
  for await (const line of readKeysFile(file, identities)) if ('format' in line) return line
  throw new BackupError(`${file} is empty`)
}

/** Where destroyed keys are listed: the file of the keys of a newer backup, or what "parley keys tombstones" has written. */
export async function* readTombstonesFile(
  file: string,
  identities: readonly string[],
): AsyncGenerator<FileHeader | { destroyed: Tombstone }> {
  if (!(await isEncrypted(file))) {
    yield* readPlainTombstones(file)
    return
  }
  for await (const line of readKeysFile(file, identities)) {
    if ('format' in line) yield line
    else if (line.key.destroyedAt !== null) yield { destroyed: { name: line.key.name, at: line.key.destroyedAt } }
  }
}

async function* readPlainTombstones(file: string): AsyncGenerator<FileHeader | { destroyed: Tombstone }> {
  let isFirst = true
  for await (const line of readLines(createReadStream(file), file)) {
    if (isFirst && (line as Partial<FileHeader>).format !== TOMBSTONES_FORMAT)
      throw new BackupError(
        `${file} lists no destroyed keys: name what "parley keys tombstones" has written, or newer keys`,
      )
    isFirst = false
    yield line as FileHeader | { destroyed: Tombstone }
  }
}

const AGE_HEADER = 'age-encryption.org/'

async function isEncrypted(file: string): Promise<boolean> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(AGE_HEADER.length), 0, AGE_HEADER.length, 0)
      return buffer.toString('utf8', 0, bytesRead) === AGE_HEADER
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw explainRead(file, error)
  }
}
