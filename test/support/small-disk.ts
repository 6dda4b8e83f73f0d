import { execFileSync } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countLimited } from './limitations.js'

/** A file system of its own, small enough to be filled. */
export interface SmallDisk extends AsyncDisposable {
  folder: string
  /** Not one byte is left after it. */
  fill(): void
  /** Removes what `fill` wrote. */
  free(): Promise<void>
}

const CHUNKS = [1024 * 1024, 4096, 1]

/** Null where this user may not mount one, as in most containers: then the end of the run says so. */
export async function openSmallDisk(megabytes: number): Promise<SmallDisk | null> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-disk-'))
  const filler = join(folder, 'filler')
  const options = `size=${megabytes}m,mode=0755,uid=${process.getuid?.() ?? 0}`
  if (!runs('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder)) {
    await rm(folder, { recursive: true })
    countLimited('smallDisk')
    return null
  }
  return {
    folder,
    fill() {
      const file = openSync(filler, 'a')
      for (const bytes of CHUNKS) while (hasRoom(file, bytes));
      closeSync(file)
    },
    free: () => rm(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      if (!runs('umount', folder)) throw new Error(`${folder} is still in use`)
      await rm(folder, { recursive: true })
    },
  }
}

function hasRoom(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    return false
  }
}

/** As root, or by `sudo` where it asks for no password. */
function runs(command: string, ...args: string[]): boolean {
  const ways = [
    [command, ...args],
    ['sudo', '-n', command, ...args],
  ] as const
  return ways.some(([program, ...rest]) => {
    try {
      execFileSync(program, rest, { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}
