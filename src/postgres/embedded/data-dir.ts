import { chmod, mkdir, realpath } from 'node:fs/promises'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

/** Postgres's own `pg_ctl` hands the path to a shell between double quotes. */
const SPECIAL = /[$`"\\\n]/

/**
 * Makes the folder where it is missing, for its owner alone; gives its path without symbolic links.
 * @throws EmbeddedPostgresError
 */
export async function makeDataDir(path: string): Promise<string> {
  const dataDir = await makePrivate(path).catch((error: unknown) => {
    throw new EmbeddedPostgresError(reasonOf(path, error as NodeJS.ErrnoException), { cause: error })
  })
  const [special] = SPECIAL.exec(dataDir) ?? []
  if (special === undefined) return dataDir
  throw new EmbeddedPostgresError(
    `${JSON.stringify(dataDir)} holds ${JSON.stringify(special)}, which Postgres cannot start with: choose another folder`,
  )
}

/** Open to its owner alone, whatever the umask. As root, one that was there is left as it is: Postgres runs as another user below it. */
async function makePrivate(path: string): Promise<string> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 })
  if (made !== undefined || process.getuid?.() !== 0) await chmod(path, 0o700)
  return realpath(path)
}

function reasonOf(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EEXIST' || code === 'ENOTDIR') return `${path} is a file, or below one: name a folder`
  if (code === 'EACCES' || code === 'EPERM')
    return `${path} cannot be made or read: give this user the right to, or name another folder`
  if (code === 'EROFS') return `${path} is on a read-only file system: name another folder`
  if (code === 'ENOSPC') return `the disk of ${path} is full: free some space, or name another folder`
  return `${path} cannot be used (${message}): name another folder`
}
