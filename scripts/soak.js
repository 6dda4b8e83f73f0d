// The long forms of the tests of which `npm test` runs a short one: ten minutes of faults in the event log, a large import that is
// killed at every step, 2,000 sockets while 100,000 messages flow, many stories for the laws, 10,000 random events after which 20 users are erased, a repeat after many messages,
// and every server that Parley depends on failing in every way and for long. `npm run soak -- test/…` runs other files with the same
// settings.
import { finish } from './suite/finish.js'
import { runFiles } from './suite/run-files.js'
import { createTally } from './suite/tally.js'
import { testFiles } from './suite/test-files.js'
import { withServices } from './suite/with-services.js'
import { workers } from './suite/workers.js'

const SOAK = [
  'test/eventstore/eventstoredb/soak.test.ts',
  'test/end-to-end/kill-import.test.ts',
  'test/end-to-end/import-memory.test.ts',
  'test/end-to-end/memory-of-sockets.test.ts',
  'test/laws/laws.property.test.ts',
  'test/laws/erased-history.test.ts',
  'test/api/app/repeats-later.test.ts',
  'test/content/render-bounds.test.ts',
  'test/app/outages/outages.test.ts',
  'test/app/outages/stopping.test.ts',
  'test/eventstore/eventstoredb/long-outage.test.ts',
]
const SETTINGS = {
  PARLEY_SOAK_SECONDS: '600',
  PARLEY_IMPORT_MESSAGES: '100000',
  PARLEY_LAW_STORIES: '400',
  PARLEY_HISTORY_EVENTS: '10000',
  PARLEY_OTHER_MESSAGES: '100000',
  PARLEY_IDLE_SOCKETS: '2000',
  PARLEY_FLOOD_MESSAGES: '100000',
  OUTAGE_MATRIX: 'whole',
  PARLEY_OUTAGE_SECONDS: '15,600',
}
const LIMIT_MS = 60 * 60_000

const given = process.argv.slice(2)
const files = testFiles(...(given.length > 0 ? given : SOAK))
const tally = createTally()
const env = { ...SETTINGS, ...process.env }
const onResult = (result) => tally.addFile(result)
await withServices((services) =>
  runFiles(files, { workers, limitMs: LIMIT_MS, env: { ...env, ...services }, onResult }),
)
await finish(tally)
