// For work in progress, in under a minute: types, lint and the tests of rules and of the log on Postgres. Folders and files given as
// arguments are run instead of these tests: `npm run test:fast -- test/projections test/api/app/search.test.ts`.
import { finish } from './suite/finish.js'
import { runFiles } from './suite/run-files.js'
import { runStep } from './suite/run-step.js'
import { createTally } from './suite/tally.js'
import { testFiles } from './suite/test-files.js'
import { withServices } from './suite/with-services.js'
import { workers } from './suite/workers.js'

const FAST = ['test/domain', 'test/commands', 'test/eventstore/postgres-event-log.test.ts']

const given = process.argv.slice(2)
const roots = given.length > 0 ? given : FAST
const tally = createTally()
const step = (name, args, options) => runStep(tally, name, process.execPath, args, { limitMinutes: 5, ...options })
const lint = ['node_modules/eslint/bin/eslint.js', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '.']

if (await step('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'])) {
  const linted = given.length > 0 ? undefined : step('lint', lint, { isBeside: true })
  await withServices((env) =>
    runFiles(testFiles(...roots), { workers, env, onResult: (result) => tally.addFile(result) }),
  )
  await linted
}
await finish(tally)
