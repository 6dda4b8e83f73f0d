import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { usedServices } from '../support/services.js'

interface FileResult {
  file: string
  passed: number
  failed: number
  pending: number
  lines: string[]
}

interface RunFilesOptions {
  workers: number
  limitMs?: number
  env: Record<string, string>
  onResult: (result: FileResult) => void
}

type RunFiles = (files: string[], options: RunFilesOptions) => Promise<void>

const FILES = {
  good: `it('is good', () => undefined); it.skip('is skipped')`,
  wrong: `it('is wrong', () => { console.log('what it printed'); throw new Error('wrong it is') })`,
  hanging: `describe('a loop', () => { it('never ends', () => { for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) }) })`,
  exiting: `it('ends the process', () => process.exit(7))`,
  broken: `throw new Error('broken at its top')`,
  'leaving a timer': `it('passes', () => void setInterval(() => undefined, 1_000))`,
  'leaving a server': `import { createServer } from 'node:net'
    it('passes', (done) => void createServer().listen(0, '127.0.0.1', done))`,
  'leaving a child': `import { spawn } from 'node:child_process'
    it('passes', () => void spawn('sleep', ['600']))`,
  'leaving a database': `const support = ${JSON.stringify(new URL('../support/', import.meta.url).href)}
    it('passes', async () => {
      const { createTestDatabase } = await import(support + 'test-database.js')
      await createTestDatabase()
    })`,
  'leaving a connection': `const support = ${JSON.stringify(new URL('../support/', import.meta.url).href)}
    it('passes', async () => {
      const { Client } = (await import(${JSON.stringify(import.meta.resolve('pg'))})).default
      const { createTestDatabase } = await import(support + 'test-database.js')
      const database = await createTestDatabase()
      const client = new Client({ connectionString: database.url, application_name: 'forgetful' })
      client.on('error', () => undefined)
      await client.connect()
      await database[Symbol.asyncDispose]()
    })`,
}

type Name = keyof typeof FILES

describe('running test files in worker processes', function () {
  this.timeout(120_000)
  let runFiles: RunFiles
  let folder: string

  before(async () => {
    const script = new URL('../../../scripts/suite/run-files.js', import.meta.url).href
    runFiles = ((await import(script)) as { runFiles: RunFiles }).runFiles
    folder = await mkdtemp(join(tmpdir(), 'parley-suite-'))
    for (const [name, text] of Object.entries(FILES)) await writeFile(pathOf(name as Name), text)
  })

  after(() => rm(folder, { recursive: true }))

  const pathOf = (name: Name): string => join(folder, `${name}.mjs`)

  async function run(names: Name[], { workers = 1, limitMs = 60_000 } = {}): Promise<Map<Name, FileResult>> {
    const results = new Map<Name, FileResult>()
    const onResult = (result: FileResult): void =>
      void results.set(
        names.find((name) => pathOf(name) === result.file)!,
        result,
      )
    // The folder lies outside of the project, whose packages the files use.
    const env = { PARLEY_TEST_SERVICES: JSON.stringify(usedServices()) }
    await runFiles(names.map(pathOf), { workers, limitMs, env, onResult })
    return results
  }

  const countsOf = (result: FileResult | undefined): [number, number] => [result?.passed ?? NaN, result?.failed ?? NaN]
  const textOf = (result: FileResult | undefined): string => result?.lines.join('\n') ?? ''

  it('each file has its own counts and output, with several at once', async () => {
    const results = await run(['good', 'wrong', 'broken'], { workers: 3 })
    expect(results.get('good')).to.include({ passed: 1, failed: 0, pending: 1 })
    expect(countsOf(results.get('wrong'))).to.deep.equal([0, 1])
    expect(textOf(results.get('wrong')))
      .to.include('what it printed')
      .and.include('wrong it is')
    expect(countsOf(results.get('broken'))).to.deep.equal([0, 1])
    expect(textOf(results.get('broken'))).to.include('broken at its top')
    expect(textOf(results.get('good'))).not.to.include('what it printed')
  })

  it('a file that hangs is killed and named with its test, and the next one runs', async () => {
    const results = await run(['hanging', 'good'], { limitMs: 15_000 })
    expect(countsOf(results.get('hanging'))).to.deep.equal([0, 1])
    expect(textOf(results.get('hanging'))).to.include('killed after 15 s during "a loop never ends"')
    expect(countsOf(results.get('good'))).to.deep.equal([1, 0])
  })

  it('a file that ends the process fails, and the next one runs', async () => {
    const results = await run(['exiting', 'good'])
    expect(countsOf(results.get('exiting'))).to.deep.equal([0, 1])
    expect(textOf(results.get('exiting'))).to.include('the process ended with code 7 during "ends the process"')
    expect(countsOf(results.get('good'))).to.deep.equal([1, 0])
  })

  it('a file that leaves a timer, a server, a process, a database or a connection fails; the next one is not blamed', async () => {
    const results = await run([
      'leaving a timer',
      'leaving a server',
      'leaving a child',
      'leaving a database',
      'leaving a connection',
      'good',
    ])
    const leaks = (name: Name): string => {
      expect(countsOf(results.get(name)), name).to.deep.equal([1, 1])
      return textOf(results.get(name))
    }
    expect(leaks('leaving a timer')).to.include('1 of Timeout')
    expect(leaks('leaving a server')).to.include('1 of TCPServerWrap')
    expect(leaks('leaving a child')).to.include('1 of ProcessWrap')
    expect(leaks('leaving a database')).to.match(/database parley_test_main_\w+ was not disposed of/)
    expect(leaks('leaving a connection')).to.include('a connection of "forgetful"')
    expect(countsOf(results.get('good'))).to.deep.equal([1, 0])
  })
})
