import { access, mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { projectionTemplate, testTemplate } from './template.js'

/** Where Parley is installed: the folder of its package.json. */
const packageFolder = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Writes a new projection and its test into the folder, which is made where it is missing, and lets both import `parley/projections`.
 * @returns the paths of the files
 * @throws Error with code EEXIST where there is one of this name
 */
export async function newProjection(folder: string, name: string): Promise<string[]> {
  const files = [
    [join(folder, `${name}.mjs`), projectionTemplate(name)],
    [join(folder, `${name}.test.mjs`), testTemplate(name)],
  ] as const
  await mkdir(folder, { recursive: true })
  for (const [path, source] of files) await writeFile(path, source, { flag: 'wx' })
  if (!canImportParley(resolve(folder))) await linkParley(folder)
  return files.map(([path]) => path)
}

function canImportParley(folder: string): boolean {
  try {
    createRequire(pathToFileURL(join(folder, 'any.mjs'))).resolve('parley/projections')
    return true
  } catch {
    return false
  }
}

/** As `npm link` would. */
async function linkParley(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  const link = join(folder, 'node_modules', 'parley')
  const isThere = await access(link).then(
    () => true,
    () => false,
  )
  if (!isThere) await symlink(packageFolder, link, 'dir')
}
