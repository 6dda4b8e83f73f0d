import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'

export interface FoundFile {
  /** Of the projection: the file's name without its extension. */
  name: string
  path: string
}

const NAME = /^[a-z][a-z0-9_-]{0,39}$/

/** Whether a projection may have this name. */
export const isProjectionName = (name: string): boolean => NAME.test(name)

/** The analysts' files in a folder, `NAME.mjs` or `NAME.ts`, by name; tests and declarations beside them are none. */
export async function findFiles(folder: string): Promise<FoundFile[]> {
  const entries = (await readdir(folder)).sort()
  const found = new Map<string, FoundFile>()
  for (const entry of entries) {
    const { name, ext } = parse(entry)
    if ((ext === '.mjs' || ext === '.ts') && isProjectionName(name) && !found.has(name))
      found.set(name, { name, path: join(folder, entry) })
  }
  return [...found.values()]
}
