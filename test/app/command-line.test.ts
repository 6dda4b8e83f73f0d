import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommandLine } from '../../src/cli/run-command-line.js'
import { startChild } from '../support/child.js'
import { execute } from '../support/test-database.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

/** The same in this process, which is faster; gives what it refuses, or shows as help. */
async function inProcess(args: string[], env: Record<string, string>): Promise<{ code: number; output: string }> {
  let output = ''
  const take = (line: string): void => void (output += `${line}\n`)
  const code = await runCommandLine(args, env, { print: take, printNotice: take })
  return { code, output }
}

async function parley(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  await using child = startChild('cli.js', args, env)
  const code = await child.exited
  return { code, output: child.output }
}

describe('the command line needs no configuration to be read', function () {
  this.timeout(240_000)
  const broken = { PORT: 'http' }

  const cases: [args: string[], code: number, output: RegExp][] = [
    [['--version'], 0, /^\d+\.\d+\.\d+\S*\n$/],
    [['--help'], 0, /parley import FILE.*\n(.*\n)*.*parley user grant/],
    [['help'], 0, /parley import FILE/],
    [['help', 'user'], 0, /^Usage:\n {2}parley user create/],
    [['import', '--help'], 0, /^Usage: parley import FILE \[--source NAME\] \[--dry-run\] \[--json\]\n/],
    [
      ['projections', '--help'],
      0,
      /^Usage:\n {2}parley projections \[--json\][^]*\n {2}parley projections rebuild NAME/,
    ],
    [['projections', 'rebuild', '--help'], 0, /^Usage: parley projections rebuild NAME/],
    [['user', 'create', '-h'], 0, /^Usage: parley user create/],
    [['user', '--help'], 0, /parley user invite/],
    [[], 2, /^Usage:\n/],
    [['frobnicate'], 2, /^"frobnicate" is no command of parley: see parley --help\n$/],
    [['user', 'promote'], 2, /^"user promote" is no command of parley/],
    [['doctor'], 2, /^PORT must be a whole number/],
    [['doctor', '--help'], 0, /^Usage:\n {2}parley doctor \[--json\] [^]*\n {2}parley doctor unread/],
    [['completion'], 2, /^Usage: parley completion bash\|zsh\|fish\n$/],
    [['completion', 'tcsh'], 2, /^Usage: parley completion bash\|zsh\|fish\n$/],
    [['completion', 'bash'], 0, /\ncomplete -F _parley parley\n$/],
    [['import'], 2, /^Usage: parley import FILE/],
    [['import', 'one', 'two'], 2, /^Usage: parley import FILE/],
    [['import', '-'], 2, /^Reading standard input needs --source NAME\n$/],
    [['import', 'x', '--frob'], 2, /^Unknown option '--frob'/],
    [['projections', 'frobnicate'], 2, /^Unexpected argument 'frobnicate'/],
    [['projections', 'rebuild'], 2, /^Usage: parley projections rebuild NAME… \| --all/],
    [['projections', 'skip', '--help'], 0, /^Usage: parley projections skip NAME --position P --reason TEXT\n/],
    ...[
      [],
      ['conversations'],
      ['conversations', '--position', '7'],
      ['conversations', '--reason', 'poisoned'],
      ['--position', '7', '--reason', 'poisoned'],
      ['conversations', 'revocations', '--position', '7', '--reason', 'poisoned'],
    ].map((args): [string[], number, RegExp] => [
      ['projections', 'skip', ...args],
      2,
      /^Usage: parley projections skip NAME --position P --reason TEXT\n$/,
    ]),
    [['projections', 'skip', 'conversations', '--position'], 2, /^Option '--position <value>' argument missing/],
    [['projections', 'skip', 'conversations', '--at', '7'], 2, /^Unknown option '--at'/],
    [['doctor', 'unread', 'x'], 2, /^Unexpected argument 'x'/],
    [['user', 'invite', '--expires', 'soon'], 2, /^--expires takes minutes, hours or days/],
    [['user', 'grant', 'ada@example.com', 'owner'], 2, /^Usage: parley user grant EMAIL/],
    [['projections'], 2, /^PORT must be a whole number/],
  ]
  for (const [args, code, output] of cases)
    it(`parley ${args.join(' ')}: exit code ${code}`, async () => {
      const ran = await inProcess(args, broken)
      expect(ran.code).to.equal(code)
      expect(ran.output).to.match(output)
    })
})

describe('exit codes of operator commands', function () {
  this.timeout(240_000)
  let app: TestApp
  let folder: string

  beforeEach(async () => {
    app = await startTestApp()
    folder = await mkdtemp(join(tmpdir(), 'parley-cli-'))
  })

  afterEach(async () => {
    await app[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  it('projections: 0, and 1 with one paused', async () => {
    expect((await parley(['projections'], app.environment)).code).to.equal(0)
    await app.restart(async (url) => {
      const failure = {
        position: '1',
        stream: 'chat-1',
        eventType: 'MessageSent',
        code: '22008',
        at: '2026-01-01T00:00:00Z',
      }
      await execute(url, `update projections set failure = '${JSON.stringify(failure)}' where name = 'conversations'`)
      const { code, output } = await parley(['projections'], app.environment)
      expect(output).to.match(/^conversations .*: paused at 1 by MessageSent in chat-1: 22008$/m)
      expect(code).to.equal(1)
    })
  })

  it('projections rebuild: 0, also beside a server, and 2 for an unknown name', async () => {
    const beside = await parley(['projections', 'rebuild', 'conversations'], app.environment)
    expect(beside).to.deep.equal({ code: 0, output: 'conversations was rebuilt\n' })
    const unknown = await parley(['projections', 'rebuild', 'everything'], app.environment)
    expect(unknown.output).to.match(/^There is no projection "everything", only conversations, /)
    expect(unknown.code).to.equal(2)
  })

  it('projections skip: 0 at the position where one is paused, and then `projections` names it', async () => {
    const position = await app.app.core.log.head()
    const skip = (...args: string[]) => inProcess(['projections', 'skip', ...args], app.environment)
    const why = ['--reason', 'A date that no table takes']
    await app.restart(async (url) => {
      const notPaused = await skip('conversations', '--position', position, ...why)
      expect(notPaused).to.deep.equal({ code: 1, output: 'conversations is not paused: there is nothing to skip\n' })

      const failure = {
        position,
        stream: 'chat-1',
        eventType: 'MessageSent',
        code: '22008',
        at: '2026-01-01T00:00:00Z',
      }
      await execute(url, `update projections set failure = '${JSON.stringify(failure)}' where name = 'conversations'`)
      const elsewhere = await skip('conversations', '--position', '7', ...why)
      expect(elsewhere).to.deep.equal({ code: 1, output: `conversations is paused at ${position}, not at 7\n` })
      const blank = await skip('conversations', '--position', position, '--reason', ' ')
      expect(blank).to.deep.equal({ code: 2, output: '--reason must be a text of 1 to 1000 characters\n' })
      const unknown = await skip('everything', '--position', position, ...why)
      expect(unknown.output).to.match(/^There is no projection "everything", only conversations, /)
      expect(unknown.code).to.equal(2)
      const never = await skip('revocations', '--position', position, ...why)
      expect(never.output).to.match(/^revocations cannot skip events/)
      expect(never.code).to.equal(1)

      const args = ['projections', 'skip', 'conversations', `--position=${position}`, ...why]
      const done = await parley(args, app.environment)
      expect(done.output).to.equal(`conversations skips the event at ${position}\n`)
      expect(done.code).to.equal(0)
      const { output } = await parley(['projections', '--json'], app.environment)
      const [listed] = (JSON.parse(output) as { name: string; skipped: string[] }[]).filter(
        ({ name }) => name === 'conversations',
      )
      expect(listed?.skipped).to.deep.equal([position])
    })
  })

  it('import: 0, 3 with refused lines, 2 for a missing file', async () => {
    const good = { chat: 'team', user: 'alice', at: '2024-05-01T09:00:00Z', type: 'message', content: 'Hello!' }
    const file = join(folder, 'chats.ndjson')
    await writeFile(file, `${JSON.stringify(good)}\n`)
    expect((await parley(['import', file], app.environment)).code).to.equal(0)
    await writeFile(file, `${JSON.stringify(good)}\n${JSON.stringify({ ...good, type: 'shout' })}\n`)
    const refused = await parley(['import', file], app.environment)
    expect(refused.output).to.match(/^line 2 refused: /m)
    expect(refused.code).to.equal(3)
    expect((await parley(['import', join(folder, 'missing')], app.environment)).code).to.equal(2)
  })

  it('user create: 1 for an address that is registered', async () => {
    const { email } = await app.register('Ada')
    const { code, output } = await parley(['user', 'create', email], app.environment)
    expect(output).to.match(/is registered already; to give a role: parley user grant/)
    expect(code).to.equal(1)
  })
})
