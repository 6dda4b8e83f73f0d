import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'

export interface FoundFile {
  /** Of the projection: the file's name without its extension. */
  name: string
  path: string
}

/** A file that is no projection, though it may have been meant as one. */
export interface RefusedFile {
  file: string
  reason: string
}

export interface FolderContent {
  /** By name. */
  files: FoundFile[]
  refused: RefusedFile[]
}

const NAME = /^[a-z][a-z0-9_-]{0,39}$/
const NAME_RULE = 'a name begins with a letter, and holds at most 40 of a–z, 0–9, "_" and "-"'
const CODE = /\.[cm]?[jt]s$/
const BESIDE = /\.(test|d)\.[cm]?[jt]s$/

/** Why a projection cannot have this name, as a phrase; null where it can. `reserved` are the names of Parley's own projections. */
export function findNameProblem(name: string, reserved: ReadonlySet<string>): string | null {
  if (!NAME.test(name)) return NAME_RULE
  return reserved.has(name) ? `Parley has a projection of its own named ${name}: choose another name` : null
}

/** The analysts' files in a folder, `NAME.mjs` or `NAME.ts`; tests and declarations beside them are none. */
export async function findFiles(folder: string, reserved: ReadonlySet<string>): Promise<FolderContent> {
  const found = new Map<string, FoundFile>()
  const refused: RefusedFile[] = []
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name)
  for (const file of files.filter((one) => CODE.test(one) && !BESIDE.test(one)).sort()) {
    const extension = extname(file)
    const name = file.slice(0, -extension.length)
    const reason = findProblem({ name, extension }, found, reserved)
    if (reason === null) found.set(name, { name, path: join(folder, file) })
    else refused.push({ file, reason })
  }
  return { files: [...found.values()], refused }
}

function findProblem(
  { name, extension }: { name: string; extension: string },
  found: ReadonlyMap<string, FoundFile>,
  reserved: ReadonlySet<string>,
): string | null {
  if (extension !== '.mjs' && extension !== '.ts') return 'a projection is a file NAME.mjs or NAME.ts'
  if (found.has(name)) return `${name}.mjs has the same name: choose another one`
  return findNameProblem(name, reserved)
}
