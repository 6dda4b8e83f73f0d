import { expect } from 'chai'
import { eventually } from '../support/eventually.js'

interface Outcome {
  code: number | null
  hung: boolean
  last: string
}

type LimitedRun = (
  command: string,
  args: string[],
  options: { limitMs: number; onLine: (line: string) => void },
) => Promise<Outcome>

/** Starts another process that never ends, prints its id, and then never leaves the microtasks, so that no timer fires any more. */
const HANGS = `
  const { spawn } = require('node:child_process')
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
  require('node:fs').writeSync(1, 'a line\\n' + other.pid + '\\n\\n')
  const again = () => Promise.resolve().then(again)
  again()`

describe('a command with a time limit', function () {
  this.timeout(240_000)
  let limitedRun: LimitedRun
  before(async () => {
    const script = new URL('../../../scripts/limited-run.js', import.meta.url).href
    limitedRun = ((await import(script)) as { limitedRun: LimitedRun }).limitedRun
  })

  const run = async (code: string, limitMs: number) => {
    const lines: string[] = []
    return {
      ...(await limitedRun(process.execPath, ['-e', code], { limitMs, onLine: (line) => lines.push(line) })),
      lines,
    }
  }

  it('gives its output line by line, and its exit code', async () => {
    const outcome = await run(
      `process.stdout.write('one\\ntw'); process.stdout.write('o\\nthree'); process.exitCode = 3`,
      60_000,
    )
    expect(outcome).to.deep.equal({ code: 3, hung: false, last: 'three', lines: ['one', 'two', 'three'] })
  })

  it('an endless loop is killed with all that it started, and its last line is known', async () => {
    const { code, hung, last } = await run(HANGS, 5_000)
    expect({ code, hung }).to.deep.equal({ code: null, hung: true })
    expect(last).to.match(/^\d+$/)
    await eventually(() => expect(() => process.kill(Number(last), 0)).to.throw('ESRCH'))
  })
})
