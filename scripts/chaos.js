// Three nodes and 60 clients through random faults, for longer than `npm test` takes: `npm run chaos -- --seconds 120 --log eventstoredb`.
// Without `--log` on both logs, one after the other. The seed is printed, and `--seed` gives the same faults in the same order again.
import { parseArgs } from 'node:util'
import { limitedRun } from './limited-run.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    log: { type: 'string', default: 'postgres,eventstoredb' },
    seed: { type: 'string' },
  },
})
const { seconds, log, seed } = values
const env = { CHAOS_SECONDS: seconds, CHAOS_LOGS: log, ...(seed !== undefined && { CHAOS_SEED: seed }) }
/** With starting, recovering and checking, on a busy machine. */
const limitMs = (Number(seconds) * 4 + 1_800) * 1_000
const mocha = ['node_modules/mocha/bin/mocha.js', 'dist/test/end-to-end/chaos.test.js']
const { code } = await limitedRun(process.execPath, mocha, { env, limitMs, onLine: console.log })
process.exit(code ?? 1)
