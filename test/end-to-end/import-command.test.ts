import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { execute } from '../support/test-database.js'

/** Number of an advisory lock that nothing else takes. */
const LOCK = 471_100

const message = (content: string, second = 0): string =>
  JSON.stringify({ chat: 'team', user: 'alice', at: `2020-01-01T10:00:0${second}Z`, type: 'message', content })

describe('parley import', () => {
  let parley: TestApp
  let folder: string
  let file: string

  before(async () => {
    parley = await startTestApp()
    folder = await mkdtemp(join(tmpdir(), 'parley-import-test-'))
    file = join(folder, 'archive.ndjson')
  })

  after(async () => {
    await parley[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
    await using child = startChild('cli.js', ['import', file, ...args], parley.environment)
    const code = await child.exited
    return { code, output: child.output }
  }
  /** What is in the log, but for the records of operators' commands. */
  async function imported(): Promise<string[]> {
    const { log } = parley.app.core
    const { events } = await log.readAll(log.start, 1_000)
    return events.map(({ stream }) => stream).filter((stream) => !stream.startsWith('security-'))
  }

  it('checks a source without importing it, then imports it; refused lines make the exit code 3', async () => {
    await writeFile(file, `\ufeff${message('one')}\nnot json\n${message('a\u0001b', 1)}\n`)
    const before = await imported()
    const dry = await run('--dry-run')
    expect(dry.code, dry.output).to.equal(3)
    expect(dry.output).to.include('line 2 refused: not JSON (character 2)')
    expect(dry.output).to.include('2 can be imported, 0 of them are already there, 1 would be refused')
    expect(await imported()).to.deep.equal(before)

    const real = await run()
    expect(real.code, real.output).to.equal(3)
    expect(real.output).to.include('2 messages imported').and.include('1 control characters were removed')
  }).timeout(120_000)

  it('imports nothing of a source that differs from what was imported before, and names all lines that differ', async () => {
    await writeFile(file, `${message('ONE')}\n\n${message('two', 1)}\n${message('three', 2)}\n`)
    const before = await imported()
    const changed = await run()
    expect(changed.code, changed.output).to.equal(1)
    expect(changed.output).to.include('2 lines differ').and.include('1, 3. Nothing was imported')
    expect(await imported()).to.deep.equal(before)
  }).timeout(120_000)

  it('succeeds with exit code 0 where lines were only added to the source', async () => {
    await writeFile(file, `${message('one')}\n\n${message('ab', 1)}\n${message('three', 2)}\n`)
    const grown = await run('--json')
    expect(grown.code, grown.output).to.equal(0)
    expect(grown.output).to.include('"messages":1').and.include('"unchanged":2')
  }).timeout(120_000)

  it('ends with exit code 130 where it is interrupted, after what it has begun, and is recorded as cut', async () => {
    const LINES = 3_000
    const large = join(folder, 'large.ndjson')
    const content = 'x'.repeat(1_000)
    await writeFile(large, Array.from({ length: LINES }, (_, line) => `${message(`${line} ${content}`)}\n`).join(''))
    const client = await parley.app.core.databases.main.connect()
    await execute(
      parley.config.databaseUrl ?? '',
      `create function wait_for_test() returns trigger language plpgsql as
         $$ begin perform pg_advisory_xact_lock_shared(${LOCK}); return new; end $$`,
      `create trigger wait_for_test before insert on events for each row when (new.stream like 'chat-%') execute function wait_for_test()`,
    )
    await client.query(`select pg_advisory_lock(${LOCK})`)
    await using child = startChild('cli.js', ['import', large], parley.environment)
    try {
      await eventually(async () => {
        const { rows } = await client.query(
          `select from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`,
        )
        expect(rows).not.to.deep.equal([])
      })
      child.process.kill('SIGINT')
    } finally {
      await client.query(`select pg_advisory_unlock(${LOCK})`)
      client.release()
    }
    expect(await child.exited, child.output).to.equal(130)
    expect(child.output).to.contain('Interrupted. Run it again to continue')
    const { log, reader } = parley.app.core
    const { events } = await log.readAll(log.start, 10_000)
    const ends = events
      .map((event) => reader.decode(event).event)
      .filter(({ type }) => type === 'PrivilegedAccessEnded')
    expect(ends.at(-1)).to.include({ operation: 'parley import', outcome: 'cut' })
    expect(events.filter(({ type }) => type === 'MessageSent').length).to.be.within(4, LINES)
  }).timeout(240_000)
})
