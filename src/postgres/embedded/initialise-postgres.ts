import { existsSync } from 'node:fs'
import { chown, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { PostgresHome } from './postgres-home.js'
import { run, type SystemUser } from './run.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

export const SUPERUSER = 'parley'

// Ordered by code point by Postgres itself, the same on every system and for ever; only what counts as a letter comes from the system.
const LOCALE = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
]

/**
 * Makes the data directory where there is none. It grows under another name and gets its own when it is whole, so that one who
 * is killed half-way leaves nothing that a later start would take for data.
 */
export async function initialisePostgres(home: PostgresHome, password: string): Promise<void> {
  if (existsSync(home.data)) return
  const draftName = `${basename(home.data)}.init-`
  await removeDrafts(dirname(home.data), draftName)
  const draft = await mkdtemp(join(dirname(home.data), draftName))
  const passwordFile = join(draft, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (home.user) for (const path of [draft, passwordFile]) await give(path, home.user)
  await initdb(home, join(draft, 'data'), passwordFile)
  await rename(join(draft, 'data'), home.data)
  await rm(draft, { recursive: true })
}

async function initdb({ binaries, user }: PostgresHome, data: string, passwordFile: string): Promise<void> {
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`]
  const args = [`--pgdata=${data}`, ...access, ...LOCALE, '--no-instructions']
  const { ok, output } = await run(join(binaries, 'bin/initdb'), args, { user })
  if (!ok)
    throw new EmbeddedPostgresError(
      `Postgres could not make its data in ${dirname(dirname(data))}: ${output.replaceAll('\n', ' ')}`,
    )
}

async function removeDrafts(folder: string, draftName: string): Promise<void> {
  for (const name of await readdir(folder))
    // Tried again because an initdb that outlived its parent may still be writing into it.
    if (name.startsWith(draftName)) await rm(join(folder, name), { recursive: true, maxRetries: 10 })
}

const give = (path: string, { uid, gid }: SystemUser): Promise<void> => chown(path, uid, gid)
