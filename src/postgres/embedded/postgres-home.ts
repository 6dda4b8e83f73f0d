import { createHash } from 'node:crypto'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { copyBinaries, findBinaries } from './postgres-binaries.js'
import { run, type SystemUser } from './run.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

/** Where an embedded Postgres lives. */
export interface PostgresHome {
  /** The folder with `bin/initdb`, `bin/pg_ctl` and `bin/postgres`. */
  binaries: string
  /** What Postgres calls its data directory; need not be there yet. */
  data: string
  /** As whom it runs, where that is not ourselves. */
  user?: SystemUser | undefined
}

// Root-owned and open to read, on every Linux; where things go that Postgres's user cannot reach where they are.
const SYSTEM_FOLDER = '/var/lib/parley'

/** `dataDir` is absolute and there. `log` receives a line for everything that is not in its usual place. */
export async function findHome(dataDir: string, log: (line: string) => void): Promise<PostgresHome> {
  const binaries = await findBinaries()
  const data = join(dataDir, 'postgres')
  return process.getuid?.() === 0 ? homeUnderRoot(dataDir, binaries, log) : { binaries, data }
}

/**
 * Postgres refuses to run as root, so it runs as a system user, who may have no access to our folders (a clone under /root).
 * Existing data keeps its place and its owner.
 */
async function homeUnderRoot(dataDir: string, binaries: string, log: (line: string) => void): Promise<PostgresHome> {
  const beside = join(dataDir, 'postgres')
  const apart = join(SYSTEM_FOLDER, createHash('sha256').update(dataDir).digest('hex').slice(0, 16), 'postgres')
  const found = (await ownedData(beside)) ?? (await ownedData(apart)) ?? (await newData(dataDir, beside, apart))
  if (found.data === apart) log(`Postgres runs as a system user who cannot reach ${dataDir}: its data is in ${apart}`)
  return { ...found, binaries: await reachableBinaries(binaries, found.user, log) }
}

interface Data {
  data: string
  user: SystemUser
}

async function ownedData(data: string): Promise<Data | undefined> {
  const owner = await stat(data).catch(() => undefined)
  if (owner?.uid === 0)
    throw new EmbeddedPostgresError(`Postgres does not run as root, but ${data} is root's: chown -R it to "postgres"`)
  return owner && { data, user: { uid: owner.uid, gid: owner.gid } }
}

async function newData(dataDir: string, beside: string, apart: string): Promise<Data> {
  const user = (await findUser('postgres')) ?? (await findUser('parley')) ?? (await makeUser('parley'))
  const { ok: reachable } = await run('test', ['-x', dataDir], { user })
  if (reachable) return { data: beside, user }
  await makeSystemFolder(join(apart, '..'))
  return { data: apart, user }
}

async function reachableBinaries(binaries: string, user: SystemUser, log: (line: string) => void): Promise<string> {
  const { ok: reachable } = await run(join(binaries, 'bin/postgres'), ['--version'], { user })
  if (reachable) return binaries
  await makeSystemFolder(SYSTEM_FOLDER)
  const copy = await copyBinaries(binaries, SYSTEM_FOLDER)
  log(`Postgres runs as a system user who cannot reach ${binaries}: it runs from ${copy}`)
  return copy
}

async function makeSystemFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const each of new Set([SYSTEM_FOLDER, folder])) await chmod(each, 0o755)
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  return uid.ok && gid.ok ? { uid: Number(uid.output), gid: Number(gid.output) } : undefined
}

async function makeUser(name: string): Promise<SystemUser> {
  const { output } = await run('useradd', [
    '--system',
    '--no-create-home',
    '--user-group',
    '--shell',
    '/bin/false',
    name,
  ])
  const user = await findUser(name)
  if (user) return user
  throw new EmbeddedPostgresError(
    `Postgres does not run as root and a user "${name}" could not be made: start as another user (${output})`,
  )
}
