import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import winston from 'winston'
import { parseConfig } from '../../src/app/config.js'
import { createApp } from '../../src/app/start-app.js'
import { readToEnd } from '../contract/event-log-support.js'
import { startChild } from '../support/child.js'
import { openLogOf } from '../support/event-logs.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

const PASSWORD = 'correct horse'
const NEW = 'battery staple'
const known = { email: 'ada@example.com', password: PASSWORD }
const ada = { ...known, name: 'Ada' }

interface SignedIn {
  accessToken: string
  refreshToken: string
}

/** A commit lies between the statement after which it dies and the next one, before which it dies. */
type Point = [what: string, statement: string]

const registering: Point[] = [
  ['the row that takes the address', 'insert into credentials'],
  ['the append of UserRegistered', 'append_events.*UserRegistered'],
  ['the row that is active', `update credentials set status = 'active'`],
  ['the row of the session', 'insert into sessions'],
  ['the append of SessionOpened', 'append_events.*SessionOpened'],
  ['the session marked as told of', 'update sessions set opened_in_log'],
]

const changing: Point[] = [
  ['the new password', 'update credentials set password_hash'],
  ['the end of the other sessions', 'update sessions set revoked_at'],
  ['the append of PasswordChanged', 'append_events.*PasswordChanged'],
  ['the change marked as told of', 'password_changes_in_log = greatest'],
  ['the append of SessionRevoked', 'append_events.*SessionRevoked'],
  ['the end marked as told of', 'update sessions set revoked_in_log'],
]

describe('kill -9 during registration and password change', function () {
  this.timeout(300_000)
  let folder: string

  before(async () => (folder = await mkdtemp(join(tmpdir(), 'parley-kill-'))))
  after(() => rm(folder, { recursive: true }))

  const environment = ({ url, keysUrl }: TestDatabase): Record<string, string> => ({
    PORT: '0',
    PARLEY_DATA_DIR: folder,
    DATABASE_URL: url,
    KEYS_DATABASE_URL: keysUrl,
    MASTER_KEY: randomBytes(32).toString('base64'),
    TOKEN_KEYS: `a:${randomBytes(32).toString('base64')}`,
    AUDIT_SIGNING_KEYS: `a:${randomBytes(32).toString('base64')}`,
  })

  type Post = (path: string, body: object, token?: string) => Promise<{ status: number; body: never }>

  const postTo =
    (url: string): Post =>
    async (path, body, token) => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
      const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
      const text = await response.text()
      return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as never }
    }

  /** A server in this process: the one before the kill, or the one after it. */
  async function start(env: Record<string, string>): Promise<AsyncDisposable & { post: Post }> {
    const logger = winston.createLogger({ silent: true })
    const config = parseConfig(env, () => '')
    const app = await createApp(config, { print: () => undefined, logger })
    return { post: postTo(app.url), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
  }

  /** Sends one request to a server in a process of its own, which kills itself at the statement. */
  async function killedAt(
    { statement, when }: { statement: string; when: 'before' | 'after' },
    env: Record<string, string>,
    ...request: Parameters<Post>
  ): Promise<void> {
    const kill = { KILL_AT: statement, KILL_WHEN: when }
    const script = '../test/support/killable-server.js'
    await using child = startChild(script, [], { ...env, ...kill }, { isKilled: true })
    await child.says('listens on')
    await postTo(/listens on (\S+)/.exec(child.output)![1]!)(...request).catch(() => undefined)
    expect(await child.exited).to.equal(null)
  }

  /** What the rows say and what the log says of the same things. */
  async function bothSides({ url }: TestDatabase, env: Record<string, string>) {
    await using log = await openLogOf(env, url)
    const events = (await readToEnd(log, log.start)).map(({ type, data }) => ({
      type,
      data: JSON.parse(data) as { userId?: string; sessionId?: string },
    }))
    const told = (type: string): unknown[] =>
      events.filter((event) => event.type === type).map(({ data }) => data.sessionId ?? data.userId)
    const rows = await execute<{ rows: Record<string, unknown> }>(
      url,
      `select json_build_object(
         'UserRegistered', (select coalesce(json_agg(user_id), '[]') from credentials where status = 'active'),
         'pending', (select count(*) from credentials where status = 'pending'),
         'PasswordChanged', (select coalesce(json_agg(user_id), '[]') from credentials where password_changes = 1),
         'SessionOpened', (select coalesce(json_agg(id), '[]') from sessions),
         'SessionRevoked', (select coalesce(json_agg(id), '[]') from sessions where revoked_at is not null)
       ) as rows`,
    )
    const { pending, ...held } = rows[0]!.rows
    return { pending, held: held as Record<string, unknown[]>, told }
  }

  async function expectAgreement(database: TestDatabase, env: Record<string, string>): Promise<void> {
    const { pending, held, told } = await bothSides(database, env)
    expect(pending).to.equal(0)
    for (const [type, ids] of Object.entries(held)) expect(told(type), type).to.have.members(ids).and.length(ids.length)
  }

  const points = (all: Point[]) =>
    all.flatMap((point) => (['before', 'after'] as const).map((when) => [...point, when] as const))

  for (const [what, statement, when] of points(registering)) {
    it(`registering, ${when} ${what}: the account exists completely or not at all`, async () => {
      await using database = await createTestDatabase()
      const env = environment(database)
      await killedAt({ statement, when }, env, '/auth/register', ada)
      await using server = await start(env)
      await expectAgreement(database, env)
      const again = await server.post('/auth/register', ada)
      expect(again.status).to.be.oneOf([201, 409])
      expect((await server.post('/auth/login', known)).status).to.equal(200)
      expect((await bothSides(database, env)).told('UserRegistered')).to.have.length(1)
      await expectAgreement(database, env)
    })
  }

  for (const [what, statement, when] of points(changing)) {
    it(`changing the password, ${when} ${what}: the old one is valid with all sessions, or the new one with one`, async () => {
      await using database = await createTestDatabase()
      const env = environment(database)
      let own: SignedIn
      let other: SignedIn
      {
        await using server = await start(env)
        own = (await server.post('/auth/register', ada)).body
        other = (await server.post('/auth/login', known)).body
      }
      const change = { currentPassword: PASSWORD, newPassword: NEW }
      await killedAt({ statement, when }, env, '/auth/password', change, own.accessToken)
      await using server = await start(env)
      await expectAgreement(database, env)
      const isChanged = (await server.post('/auth/login', { ...known, password: NEW })).status === 200
      expect((await server.post('/auth/login', known)).status).to.equal(isChanged ? 401 : 200)
      expect((await server.post('/auth/refresh', { refreshToken: other.refreshToken })).status).to.equal(
        isChanged ? 401 : 200,
      )
      await expectAgreement(database, env)
    })
  }
})
