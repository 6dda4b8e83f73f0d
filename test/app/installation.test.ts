import { expect } from 'chai'
import { chatMonthKey, userKey } from '../../src/privacy/key-names.js'
import { parseConfig } from '../../src/app/config.js'
import { explainFailure } from '../../src/app/explain-failure.js'
import { createApp } from '../../src/app/start-app.js'
import { runCommandLine } from '../../src/cli/run-command-line.js'
import winston from 'winston'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

describe('each database belongs to one installation, and is what its variable expects', function () {
  this.timeout(240_000)
  let parley: TestApp
  let other: TestDatabase

  beforeEach(async () => {
    parley = await startTestApp()
    await parley.register('Ada')
    other = await createTestDatabase()
  })

  afterEach(async () => {
    await parley[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
  })

  /** The line that a start prints; null where it starts. */
  async function startWith(env: Record<string, string>): Promise<string | null> {
    const config = parseConfig({ ...parley.environment, ...env }, () => '')
    const options = { print: () => undefined, logger: winston.createLogger({ silent: true }) }
    try {
      await (await createApp(config, options))[Symbol.asyncDispose]()
      return null
    } catch (error) {
      return explainFailure(error).text
    }
  }

  const tablesOf = (url: string): Promise<{ name: string }[]> =>
    execute(url, `select tablename as name from pg_tables where schemaname = 'public' order by tablename`)

  it('both contain the id of the installation from the first start on', async () => {
    const { DATABASE_URL = '', KEYS_DATABASE_URL = '' } = parley.environment
    const [main] = await execute<{ kind: string; id: string }>(DATABASE_URL, 'select kind, id from installation')
    const [keys] = await execute<{ kind: string; id: string }>(KEYS_DATABASE_URL, 'select kind, id from installation')
    expect([main?.kind, keys?.kind]).to.deep.equal(['main', 'keys'])
    expect(main?.id).to.equal(keys?.id)
    expect(await startWith({})).to.equal(null)
  })

  it('databases of a release without that id get it', async () => {
    const { DATABASE_URL = '', KEYS_DATABASE_URL = '' } = parley.environment
    for (const url of [DATABASE_URL, KEYS_DATABASE_URL]) await execute(url, 'delete from installation')
    expect(await startWith({})).to.equal(null)
    expect(await execute(KEYS_DATABASE_URL, 'select id from installation')).to.have.length(1)
  })

  it('a first start that ended between the two is completed', async () => {
    const id = '11111111-1111-4111-8111-111111111111'
    await execute(other.keysUrl, `insert into installation (kind, id) values ('keys', '${id}')`)
    expect(await startWith({ DATABASE_URL: other.url, KEYS_DATABASE_URL: other.keysUrl })).to.equal(null)
    expect(await execute(other.url, 'select id from installation')).to.deep.equal([{ id }])
  })

  it('swapped ones are refused, and not changed', async () => {
    const { DATABASE_URL = '', KEYS_DATABASE_URL = '' } = parley.environment
    const before = [await tablesOf(DATABASE_URL), await tablesOf(KEYS_DATABASE_URL)]
    expect(await startWith({ DATABASE_URL: KEYS_DATABASE_URL, KEYS_DATABASE_URL: DATABASE_URL })).to.equal(
      'DATABASE_URL: the database holds the keys of a Parley installation, not the event log and the accounts: DATABASE_URL and KEYS_DATABASE_URL may be swapped',
    )
    expect(await startWith({ DATABASE_URL: other.url, KEYS_DATABASE_URL: DATABASE_URL })).to.match(
      /^KEYS_DATABASE_URL: the database holds the event log and the accounts /,
    )
    expect([await tablesOf(DATABASE_URL), await tablesOf(KEYS_DATABASE_URL)]).to.deep.equal(before)
  })

  it('the keys of another installation are refused', async () => {
    await execute(
      other.keysUrl,
      `insert into installation (kind, id) values ('keys', '11111111-1111-4111-8111-111111111111')`,
    )
    expect(await startWith({ KEYS_DATABASE_URL: other.keysUrl })).to.match(
      /^KEYS_DATABASE_URL: the keys belong to installation 11111111-\S+, DATABASE_URL to \S+: name two databases that belong together$/,
    )
  })

  it('an empty database in the place of either is refused', async () => {
    expect(await startWith({ KEYS_DATABASE_URL: other.keysUrl })).to.match(
      /^KEYS_DATABASE_URL: the database has no keys of installation \S+, which DATABASE_URL names: restore the keys/,
    )
    expect(await startWith({ DATABASE_URL: other.url })).to.match(
      /^DATABASE_URL: the database is empty, but KEYS_DATABASE_URL holds keys of installation /,
    )
  })

  it('one migrated by a newer release is refused', async () => {
    for (const name of ['DATABASE_URL', 'KEYS_DATABASE_URL']) {
      const url = parley.environment[name] ?? ''
      await execute(url, `insert into knex_migrations (name, batch) values ('later-9-${name}', 99)`)
      expect(await startWith({})).to.equal(
        `${name}: the database was migrated by a newer release (later-9-${name}): start that release, or restore a backup from before it`,
      )
      await execute(url, `delete from knex_migrations where batch = 99`)
    }
  })

  it('one migrated by another application is refused', async () => {
    await execute(other.url, `update knex_migrations set name = 'theirs-' || name`)
    expect(await startWith({ DATABASE_URL: other.url, KEYS_DATABASE_URL: other.keysUrl })).to.match(
      /^DATABASE_URL: the database holds tables of another application \(migration theirs-\S+\): name an empty database$/,
    )
  })

  it('keys that are older than the log are refused, with how many are missing; destroyed ones are not missing', async () => {
    const { KEYS_DATABASE_URL = '' } = parley.environment
    const [bob, carol] = [await parley.register('Bob'), await parley.register('Carol')]
    const { app } = parley
    await app.core.runners.conversations.progress.reached(await app.core.log.head())
    const destroyed = `update data_keys set wrapped = null, destroyed_at = now() where name = '${userKey(carol.id)}'`
    await execute(KEYS_DATABASE_URL, destroyed)
    expect(await startWith({})).to.equal(null)
    await execute(
      KEYS_DATABASE_URL,
      `delete from data_keys where name in ('${userKey(bob.id)}', '${userKey(carol.id)}')`,
    )
    expect(await startWith({})).to.match(
      /^KEYS_DATABASE_URL: the keys are older than the log: those of 2 users are missing\. Restore a copy /,
    )
  })

  describe('keys that are older than a chat’s last message', () => {
    let chatId: string
    let month: string

    beforeEach(async () => {
      const ada = await parley.register('Ada')
      const made = await parley.call('POST', '/chats', {
        token: ada.token,
        body: { participantIds: [], name: 'Notes' },
      })
      chatId = (made.body as { id: string }).id
      const sent = await parley.call('POST', `/chats/${chatId}/messages`, { token: ada.token, body: { content: 'hi' } })
      month = chatMonthKey(chatId, (sent.body as { createdAt: string }).createdAt.slice(0, 7))
      const { runners, log } = parley.app.core
      await runners.conversations.progress.reached(await log.head())
    })

    const changeKeys = (statement: string): Promise<unknown> =>
      execute(parley.environment['KEYS_DATABASE_URL'] ?? '', `${statement} where name = '${month}'`)

    const MISSING =
      'KEYS_DATABASE_URL: the keys are older than the log: those of 1 chat month are missing. Restore a copy of the keys that is not older than that of the log'

    it('are refused by a start, with how many months are missing', async () => {
      expect(await startWith({})).to.equal(null)
      await changeKeys('delete from data_keys')
      expect(await startWith({})).to.equal(MISSING)
    })

    it('are refused by a rebuild, which would erase what they had encrypted', async () => {
      await changeKeys('delete from data_keys')
      let printed = ''
      const take = (line: string): void => void (printed += line)
      await parley.app[Symbol.asyncDispose]()
      const output = { print: take, printNotice: take }
      const code = await runCommandLine(['projections', 'rebuild', 'conversations'], parley.environment, output)
      expect({ code, printed }).to.deep.equal({ code: 1, printed: MISSING })
    })

    it('are not missing where they were destroyed', async () => {
      await changeKeys('update data_keys set wrapped = null, destroyed_at = now()')
      expect(await startWith({})).to.equal(null)
    })
  })
})
