// All tests: checks, then the whole suite with coverage on the Node that npm brings, then domain, contract and acceptance tests once
// more on the machine's own Node where that is another, then the quick benchmark. Ends with the line `N passed, N failed`.
import { execFileSync } from 'node:child_process'
import { limitedRun } from './limited-run.js'

/** How long a run may take: a test that loops for ever hears nothing of the time that mocha gives it. */
const MINUTES = 15
const MINUTES_OF_ALL_TESTS = 30

/** Rules, both logs, and every kind of request: the oldest Node that we promise is a matter of what it has, which `check` knows too. */
const ON_OWN_NODE = {
  domain: 'domain/**/*.test.js',
  contract: 'eventstore/{postgres-event-log,eventstoredb/contract}.test.js',
  acceptance: '{seed,api/access}/**/*.test.js',
}

let passed = 0
let failed = 0
/** What the runs printed of their failures, to be shown once more at the end, where they are found. */
const failures = []

async function run(name, command, args, limitMinutes = MINUTES) {
  console.log(`\n== ${name}`)
  const failedBefore = failed
  let counted = false
  let failing = false
  const { code, hung, last } = await limitedRun(command, args, {
    limitMs: limitMinutes * 60_000,
    onLine(line) {
      console.log(line)
      counted = count(line) || counted
      failing = (failing || /^\s+\d+ failing/.test(line)) && !line.startsWith('-----') // the table of coverage follows
      if (failing) failures.push(line)
    },
  })
  if (hung) failures.push(`${name}: ended after ${limitMinutes} minutes. The last it said: ${last}`)
  if (hung || (code !== 0 && failed === failedBefore)) failed++
  if (code === 0 && !counted) passed++
  return code === 0
}

function count(line) {
  const match = /^\s+(\d+) (passing|failing)/.exec(line)
  if (match === null) return false
  if (match[2] === 'passing') passed += Number(match[1])
  else failed += Number(match[1])
  return true
}

const mocha = ['node_modules/mocha/bin/mocha.js']

await run('checks', process.execPath, ['scripts/check.js'])
if (await run('build', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'])) {
  const allTests = ['node_modules/c8/bin/c8.js', process.execPath, ...mocha, 'dist/test/**/*.test.js']
  await run(`all tests, with coverage, on Node ${process.version}`, process.execPath, allTests, MINUTES_OF_ALL_TESTS)
  await onOwnNode()
  const bench = ['dist/bench/run.js', '--quick', '--check', 'bench/recorded.json']
  await run('speed: no ratio under half of what was recorded', process.execPath, bench)
}
if (failures.length > 0) console.log(['\n== what failed', ...failures].join('\n'))
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

async function onOwnNode() {
  const own = process.env.npm_node_execpath
  const version = own === undefined ? process.version : execFileSync(own, ['--version'], { encoding: 'utf8' }).trim()
  if (version === process.version) {
    console.log(`\n== not run a second time: the machine's own Node is ${version} too`)
    return
  }
  const specs = Object.values(ON_OWN_NODE).map((spec) => `dist/test/${spec}`)
  const name = `${Object.keys(ON_OWN_NODE).join(', ')} on the machine's own Node ${version}`
  await run(name, own, [...mocha, ...specs])
}
