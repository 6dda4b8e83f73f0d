import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect } from 'chai'
import { startChild } from '../support/child.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

/** `npm run soak` imports many. */
const LINES = Number(process.env['PARLEY_IMPORT_MESSAGES'] ?? 2_000)
const MAX_PEAK_MB = 200
/** A file that is several times as large may take so much more: what the first one did not fill yet. */
const MAX_GROWTH_MB = 40

const BEGAN_MS = Date.UTC(2019, 0, 1)

/** Joins and messages alternate, of many users in many chats, over years: each month of a chat has a key of its own. */
function mixed(line: number): object {
  const at = new Date(BEGAN_MS + line * 400_000).toISOString()
  const about = { chat: `chat ${line % 400}`, user: `user ${Math.floor(line / 2) % 5_000}`, at }
  const content = `Line ${line} of an archive that was made up: it stands for a message of ordinary length.`
  return line % 2 === 0 ? { ...about, type: 'join' } : { ...about, type: 'message', content }
}

/** As long as messages may be. */
function long(line: number): object {
  const at = new Date(BEGAN_MS + line * 1000).toISOString()
  const content = Array.from({ length: 1_400 }, (_, index) => `w${(line * 31 + index * 17) % 9_973}`).join(' ')
  return { chat: `chat ${line % 40}`, user: `user ${line % 300}`, at, type: 'message', content }
}

function* lines(count: number, lineAt: (line: number) => object): Generator<string> {
  for (let line = 0; line < count; line++) yield `${JSON.stringify(lineAt(line))}\n`
}

/** Prints the most memory that the process ever had. On Linux, `maxRSS` of a new process begins with that of its parent. */
const PRINT_PEAK = `import { existsSync, readFileSync } from 'node:fs'
const status = '/proc/self/status'
const peakKb = () =>
  existsSync(status) ? /VmHWM:\\s+(\\d+)/.exec(readFileSync(status, 'utf8'))[1] : process.resourceUsage().maxRSS
process.on('exit', () => console.error('peak', peakKb(), 'kB'))`

describe(`an import stays below ${MAX_PEAK_MB} MB`, function () {
  this.timeout(3_000_000)
  let parley: TestApp
  let folder: string

  before(async () => {
    parley = await startTestApp()
    folder = await mkdtemp(join(tmpdir(), 'parley-import-'))
    await writeFile(join(folder, 'print-peak.mjs'), PRINT_PEAK)
  })
  after(async () => {
    await parley[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function peakOf(name: string, count: number, lineAt: (line: number) => object): Promise<number> {
    const file = join(folder, name)
    await pipeline(Readable.from(lines(count, lineAt)), createWriteStream(file))
    const env = { ...parley.environment, NODE_OPTIONS: `--import=${join(folder, 'print-peak.mjs')}` }
    await using child = startChild('cli.js', ['import', file, '--json'], env, { isMeasured: true })
    expect(await child.exited, child.output).to.equal(0)
    expect(child.output).to.include(`"lines":${count},`).and.include('"refused":0')
    const peakMb = Number(/peak (\d+) kB/.exec(child.output)?.[1]) / 1024
    expect(peakMb).to.be.below(MAX_PEAK_MB)
    return peakMb
  }

  it('whatever the length of the file', async () => {
    const small = await peakOf('small.ndjson', Math.ceil(LINES / 5), mixed)
    expect(await peakOf('large.ndjson', LINES, mixed)).to.be.below(small + MAX_GROWTH_MB)
  })

  it('whatever the length of its messages', async () => {
    await peakOf('long.ndjson', Math.ceil(LINES / 5), long)
  })
})
