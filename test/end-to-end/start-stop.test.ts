import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startChild, type Child } from '../support/child.js'
import { logEnvironment } from '../support/event-logs.js'
import { startTestApp } from '../support/test-app.js'

describe('starting and stopping, on embedded Postgres', function () {
  this.timeout(120_000)
  let dataDir: string
  let server: Child

  const start = async (env: Record<string, string> = {}): Promise<string> => {
    server = startChild('main.js', [], { PORT: '0', PARLEY_DATA_DIR: dataDir, ...env })
    await server.says("Bob's chat list")
    return /listens on (\S+)/.exec(server.output)?.[1] ?? ''
  }

  const stop = async (): Promise<void> => {
    server.process.kill('SIGINT')
    expect(await server.exited, server.output).to.equal(0)
  }

  const chatsOf = async (url: string, token: string): Promise<unknown> => {
    const response = await fetch(`${url}/chats`, { headers: { authorization: `Bearer ${token}` } })
    return response.json()
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'parley-start-'))
    await chmod(dataDir, 0o755)
  })

  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true })
  })

  for (const kind of ['postgres', 'eventstoredb'] as const) {
    const name = { postgres: 'Postgres', eventstoredb: 'EventStoreDB' }[kind]
    it(`the printed first conversation works as it is printed, on ${name}`, () => conversation(logEnvironment(kind)))
  }

  async function conversation(env: Record<string, string>): Promise<void> {
    await start(env)
    const script = server.output.slice(server.output.indexOf('  api='))
    const said = execFileSync('bash', ['-c', script], { encoding: 'utf8', timeout: 60_000 })
    expect(said).to.include('Alice: Hello Bob!')
    expect(said).to.include('"unreadCount":1')
    expect(said).to.include('"lastMessage":"Hello Bob!"')
    await stop()
    expect(server.output).to.include('Stopped.')
  }

  it('has the same data after a stop and after a kill -9', async () => {
    const url = await start()
    const register = await fetch(`${url}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'alice@example.com', password: 'correct horse', name: 'Alice' }),
    })
    const { accessToken: token } = (await register.json()) as { accessToken: string }
    await fetch(`${url}/chats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ participantIds: [], name: 'Team' }),
    })
    const before = await chatsOf(url, token)
    expect(before).to.have.length(1)
    await stop()

    expect(await chatsOf(await start(), token)).to.deep.equal(before)
    server.process.kill('SIGKILL')
    await server.exited

    expect(await chatsOf(await start(), token)).to.deep.equal(before)
    await stop()
  })
})

describe('the reason of a failed start is printed in one line', function () {
  this.timeout(120_000)
  const key = randomBytes(32).toString('base64')
  const database = {
    DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none',
    KEYS_DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/keys',
    MASTER_KEY: key,
    TOKEN_KEYS: `a:${key}`,
    AUDIT_SIGNING_KEYS: `a:${key}`,
  }

  const failing = async (env: Record<string, string>, exitCode: 1 | 2): Promise<string[]> => {
    await using child = startChild('main.js', [], env)
    expect(await child.exited).to.equal(exitCode)
    return child.output.trim().split('\n')
  }

  it('a database that cannot be reached', async () => {
    const [line, ...more] = await failing(database, 1)
    expect(line).to.match(/^DATABASE_URL: no Postgres answers at 127.0.0.1:1 .*: start it, or correct the address$/)
    expect(more).to.deep.equal([])
  })

  it('missing variables, all of them at once', async () => {
    const lines = await failing({ DATABASE_URL: database.DATABASE_URL }, 2)
    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal([
      'KEYS_DATABASE_URL',
      'MASTER_KEY',
      'TOKEN_KEYS',
      'AUDIT_SIGNING_KEYS',
    ])
  })

  it('in production, no mail server and no public address', async () => {
    const lines = await failing({ ...database, NODE_ENV: 'production' }, 2)
    expect(lines).to.deep.equal([
      'SMTP_URL is missing: it is required with NODE_ENV=production',
      'PUBLIC_URL is missing: it is required with NODE_ENV=production',
    ])
  })

  it('another master key than before', async () => {
    await using parley = await startTestApp()
    await parley.register('Ada')
    const [line, ...more] = await failing({ ...parley.environment, MASTER_KEY: key }, 1)
    expect(line).to.match(/^MASTER_KEY: the key \S+ does not open with this master key/)
    expect(more).to.deep.equal([])
  })

  it('a port that is taken', async () => {
    await using parley = await startTestApp()
    const { port } = new URL(parley.app.url)
    const lines = await failing({ ...parley.environment, PORT: port }, 1)
    expect(lines.at(-1)).to.equal(`PORT: ${port} is taken: choose a free one`)
  })
})
