import { rmSync } from 'node:fs'

const FOLDER = 'coverage/tmp'

/** The environment in which a process, and whatever it starts, writes what it covered; what an earlier run wrote is removed. */
export function recordCoverage() {
  rmSync(FOLDER, { recursive: true, force: true })
  return { NODE_V8_COVERAGE: FOLDER }
}

/** The command that prints the table and fails below the bounds of `.c8rc.json`. */
export const coverageReport = ['node_modules/c8/bin/c8.js', 'report', '--temp-directory', FOLDER]
