import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UsageError } from './command-errors.js'

/** An archive that can be read several times. */
export interface ImportSource extends AsyncDisposable {
  name: string
  bytes: number
  open(): AsyncIterable<Buffer> & { destroy(): unknown }
}

/** A file; or, for `-`, standard input, which is kept in a temporary file of this user's until the import has ended. */
export async function openImportSource(file: string, name = basename(file)): Promise<ImportSource> {
  if (file !== '-') {
    const found = await stat(file).catch(() => null)
    if (!found?.isFile()) throw new UsageError(`${file} is not a file that can be read`)
    const source = { name, bytes: found.size, open: () => createReadStream(file) }
    return { ...source, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const folder = await mkdtemp(join(tmpdir(), 'parley-import-'))
  const copy = join(folder, 'archive.ndjson')
  await pipeline(process.stdin, createWriteStream(copy, { mode: 0o600 }))
  const { size: bytes } = await stat(copy)
  return {
    name,
    bytes,
    open: () => createReadStream(copy),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
