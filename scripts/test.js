// All tests: the checks, all test files with coverage on the Node that npm brings, those files that can differ once more on the machine's
// own Node, and the quick benchmark. The last line is `N passed, N failed`; the exit code is 0 only where nothing failed. `npm test -- --record`
// also writes down how long the files took, from which later runs take their order.
import { coverageReport, recordCoverage } from './suite/coverage.js'
import { otherNode } from './suite/other-node.js'
import { finish } from './suite/finish.js'
import { recordDurations } from './suite/record-durations.js'
import { runFiles } from './suite/run-files.js'
import { runStep } from './suite/run-step.js'
import { createTally } from './suite/tally.js'
import { alone, onEveryNode, testFiles } from './suite/test-files.js'
import { withServices } from './suite/with-services.js'
import { workers } from './suite/workers.js'

const tally = createTally()
const node = process.execPath
const step = (name, args, options) => runStep(tally, name, node, args, options)

const build = (project) => ['node_modules/typescript/bin/tsc', '-p', project]
const isBuilt =
  (await step('build', build('tsconfig.json'), { limitMinutes: 5 })) &&
  (await step('build of the client package', build('packages/client/tsconfig.json'), { limitMinutes: 5 }))
if (isBuilt) {
  const run = withServices(async (env) => {
    const covered = { ...env, ...recordCoverage() }
    const results = []
    const onResult = (result) => {
      results.push(result)
      tally.addFile(result)
    }
    await Promise.all([
      runFiles(testFiles('test'), { workers, env: covered, onResult }),
      checksThenOtherNode({ ...env, PARLEY_SENDS: '100' }),
    ])
    await runFiles(testFiles(...alone), { workers: 1, env: covered, onResult })
    if (process.argv.includes('--record')) recordDurations(results)
  })
  await run.catch((error) => tally.addStep('the services that tests share', false, error.stack))
  await step('coverage', coverageReport, { limitMinutes: 5 })
  const bench = ['dist/bench/run.js', '--quick', '--check', 'bench/recorded.json']
  await step('speed: no ratio under half of what was recorded', bench, { limitMinutes: 10 })
}
await finish(tally)

async function checksThenOtherNode(env) {
  await step('checks', ['scripts/check.js', '--built'], { limitMinutes: 10, isBeside: true })
  const other = otherNode()
  if (other === null) return console.log(`\n== no second Node here: everything runs on ${process.version}`)
  const onResult = (result) => tally.addFile(result, ` on Node ${other.version}`)
  await runFiles(testFiles(...onEveryNode), { node: other.path, workers: 1, env, onResult })
}
