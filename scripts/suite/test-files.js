import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Those that take longest; started first, so that a run does not end with one worker busy and the others idle. */
export const SLOW = [
  'test/eventstore/eventstoredb/soak.test.ts',
  'test/laws/laws.property.test.ts',
  'test/end-to-end/kill-identity.test.ts',
  'test/end-to-end/kill-import.test.ts',
  'test/api/app/repeats-later.test.ts',
  'test/end-to-end/start-stop.test.ts',
  'test/commands/pipeline/handle-command.test.ts',
  'test/eventstore/eventstoredb/outage.test.ts',
  'test/scripts/run-files.test.ts',
  'test/browser/content-html.test.ts',
  'test/api/access/access.test.ts',
  'test/postgres/embedded/embedded-postgres.test.ts',
  'test/eventstore/eventstoredb/likeness.test.ts',
  'test/commands/pipeline/two-nodes.property.test.ts',
]

/** The built test files of these folders and files, the slow ones first. Named after the sources, for `dist` may hold what was removed. */
export function testFiles(...roots) {
  const sources = roots.flatMap(sourcesBelow)
  const slow = SLOW.filter((file) => sources.includes(file))
  return [...slow, ...sources.filter((file) => !slow.includes(file))].map(built)
}

const built = (source) => join('dist', source.replace(/\.ts$/, '.js'))

function sourcesBelow(root) {
  if (statSync(root).isFile()) return [root]
  return readdirSync(root, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(root, file))
    .sort()
}

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
