import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'

describe('parley user invite', function () {
  this.timeout(240_000)
  let database: TestDatabase
  let dataDir: string
  let env: Record<string, string>

  before(async () => {
    database = await createTestDatabase()
    dataDir = await mkdtemp(join(tmpdir(), 'parley-invite-'))
    env = {
      PORT: '0',
      PARLEY_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      KEYS_DATABASE_URL: database.keysUrl,
      MASTER_KEY: randomBytes(32).toString('base64'),
      TOKEN_KEYS: `a:${randomBytes(32).toString('base64')}`,
      AUDIT_SIGNING_KEYS: `a:${randomBytes(32).toString('base64')}`,
      REGISTRATION: 'invite',
      PUBLIC_URL: 'https://chat.example.com',
    }
  })

  after(async () => {
    await rm(dataDir, { recursive: true })
    await database[Symbol.asyncDispose]()
  })

  const invite = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
    await using child = startChild('cli.js', ['user', ...args], env)
    return { code: await child.exited, output: child.output }
  }

  it('prints a link for one registration, after which the user gets a mail, in a file that only its owner can read', async () => {
    await using server = startChild('main.js', [], env)
    await server.says('listens on')
    const url = /listens on (\S+)/.exec(server.output)![1]!
    const register = async (token?: string): Promise<number> => {
      const ada = { email: 'ada@example.com', password: 'correct horse', name: 'Ada', invite: token }
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`${url}/auth/register`, { method: 'POST', headers, body: JSON.stringify(ada) })).status
    }

    const { code, output } = await invite('invite', '--expires', '1h')
    expect(code, output).to.equal(0)
    const [, token] = /^https:\/\/chat\.example\.com\/register#invite=([\w-]{43})$/m.exec(output)!
    expect(await register()).to.equal(403)
    expect(await register(token)).to.equal(201)

    const file = join(dataDir, 'mails.ndjson')
    await eventually(async () => expect(await readFile(file, 'utf8')).to.include('"to":"ada@example.com"'))
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    expect(server.output).to.include(`mails are written to ${file}`).and.not.to.include('ada@example.com')
    server.process.kill('SIGINT')
    expect(await server.exited, server.output).to.equal(0)
  })

  it('prints its usage', async () => {
    expect(await invite()).to.deep.equal({ code: 2, output: '"user" is no command of parley: see parley help user\n' })
    for (const expires of ['7', '0d', '-1d', 'soon'])
      expect(await invite('invite', `--expires=${expires}`)).to.deep.equal({
        code: 2,
        output: '--expires takes minutes, hours or days: 30m, 12h, 7d\n',
      })
  })
})
