import { readFileSync } from 'node:fs'

const packageJson = new URL('../../../package.json', import.meta.url)

/** Of the release that runs. */
export const parleyVersion = (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version
