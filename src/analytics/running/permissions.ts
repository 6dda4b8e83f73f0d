import { realpathSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const MEMORY_MB = 256

/** The first version of Node whose permission model is stable. */
const MIN_NODE = 24

export const hasPermissionModel = (version: string): boolean => Number(version.split('.')[0]) >= MIN_NODE

/**
 * Arguments of Node for the process of a projection: it reads the analysts' folder, the driver of Postgres and its own code, writes no file,
 * and starts no process, worker, addon or inspector. The network is not confined.
 */
export const nodeArguments = (folder: string): string[] => [
  '--permission',
  ...[realpathSync(folder), ...ownFolders()].map((path) => `--allow-fs-read=${path}${sep}`),
  `--max-old-space-size=${MEMORY_MB}`,
]

/** Of the compiled code only what the process runs; and the packages, among which is the driver. */
function ownFolders(): string[] {
  const sources = ['analytics', 'async', 'postgres'].map((folder) =>
    fileURLToPath(new URL(`../../${folder}`, import.meta.url)),
  )
  const driver = realpathSync(fileURLToPath(import.meta.resolve('pg')))
  const packages = driver.slice(0, driver.lastIndexOf(`${sep}node_modules${sep}`))
  return [...sources, packages === '' ? dirname(driver) : `${packages}${sep}node_modules`]
}

/** What the process runs. */
export const childScript = fileURLToPath(new URL('../child/main.js', import.meta.url))
