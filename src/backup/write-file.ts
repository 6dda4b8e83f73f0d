import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BackupError } from './backup-error.js'

/**
 * Writes a file that only its owner reads. It appears whole and flushed to disk, or not at all, and never replaces another; a crash leaves
 * a file `<path>.<id>.partial`, which may be removed.
 * @throws BackupError
 */
export async function writeFileWhole(
  path: string,
  content: AsyncIterable<string | Uint8Array>,
  { transforms = [], signal }: { transforms?: readonly Transform[]; signal?: AbortSignal } = {},
): Promise<void> {
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`
  try {
    const file = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline([Readable.from(content, { objectMode: false }), ...transforms, file], signal ? { signal } : {})
    await link(partial, path)
    await flushFolder(path)
  } catch (error) {
    throw explain(path, error)
  } finally {
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

/** So that the name, too, outlives a loss of power. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(dirname(path))
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function explain(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new BackupError(`The disk of ${path} is full: free some space, or name another folder`, { cause: error })
  if (code === 'EEXIST') return new BackupError(`${path} is there already: name another file`, { cause: error })
  if (syscall === undefined || code === undefined) return error
  return new BackupError(`${path} cannot be written (${code}): name a folder that this user may write to`, {
    cause: error,
  })
}
