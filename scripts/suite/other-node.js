import { execFileSync } from 'node:child_process'

/** The Node that started npm, where it is not the one that npm scripts run on: `node_modules/.bin` brings one. */
export function otherNode() {
  const path = process.env.npm_node_execpath
  if (path === undefined) return null
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
  return version === process.version ? null : { path, version }
}
