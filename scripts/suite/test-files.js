import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Seconds of the slowest files, as `npm test -- --record` measured them. */
export const DURATIONS = new URL('durations.json', import.meta.url)
const durations = JSON.parse(readFileSync(DURATIONS, 'utf8'))

/**
 * The built test files of these folders and files, but for those that run alone unless they are named, the slowest first, so that a run does not end with one worker busy and the others idle.
 * Named after the sources, for `dist` may hold what was removed.
 */
export function testFiles(...roots) {
  const slowness = (file) => durations[file] ?? 0
  return roots
    .flatMap(sourcesBelow)
    .filter((file) => roots.includes(file) || !alone.includes(file))
    .sort((one, other) => slowness(other) - slowness(one))
    .map(built)
}

const built = (source) => join('dist', source.replace(/\.ts$/, '.js'))

function sourcesBelow(root) {
  if (statSync(root).isFile()) return [root]
  return readdirSync(root, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(root, file))
    .sort()
}

/** Each keeps several servers busy by itself: it has the machine alone, after all others. */
export const alone = ['test/end-to-end/rebuild-while-working.test.ts', 'test/end-to-end/chaos.test.ts']

/** What the oldest Node that we promise may do otherwise: Unicode, the HTTP server, the database drivers, and a day of the whole product. */
export const onEveryNode = [
  'test/domain/text.test.ts',
  'test/content/render-content.test.ts',
  'test/content/search-words.test.ts',
  'test/content/cut-text.test.ts',
  'test/api/ignored-upgrade.test.ts',
  'test/eventstore/postgres-event-log.test.ts',
  'test/eventstore/eventstoredb/contract.test.ts',
  'test/security/raw-http.test.ts',
  'test/security/raw-headers.test.ts',
  'test/seed',
]
