import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import winston from 'winston'
import { runCommandLine } from '../../src/cli/run-command-line.js'
import { parseConfig } from '../../src/app/config.js'
import { createApp } from '../../src/app/start-app.js'
import { readOrMakeLocalSecrets } from '../../src/app/local-secrets.js'
import { explainFailure } from '../../src/app/explain-failure.js'
import { startEmbeddedPostgres } from '../../src/postgres/embedded/embedded-postgres.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

interface Roles {
  databaseUrl: string
  databaseOwnerUrl: string
  keysDatabaseUrl: string
  keysDatabaseOwnerUrl: string
}

/** SQL states of a refusal: insufficient privilege. */
const REFUSED = '42501'

const stateOf = (url: string, statement: string): Promise<string | undefined> =>
  execute(url, statement).then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  )

/** The statements of a block of docs/operations.md, with `parley` replaced in every name. */
async function documented(block: number, prefix: string): Promise<string[]> {
  const page = await readFile('docs/operations.md', 'utf8')
  const [, section = ''] = page.split('## Database roles')
  const sql = [...section.matchAll(/```sql\n([^`]+)```/g)][block]?.[1] ?? ''
  const statements = sql.replaceAll('parley', prefix).split(';\n').filter(Boolean)
  expect(statements).not.to.have.length(0)
  return statements
}

const register = async (parley: TestApp): Promise<{ ada: TestUser; chatId: string }> => {
  const ada = await parley.register('Ada')
  const { body } = await parley.call('POST', '/chats', { token: ada.token, body: { name: 'Team', participantIds: [] } })
  return { ada, chatId: (body as { id: string }).id }
}

const send = async (parley: TestApp, { token }: TestUser, chatId: string, content: string): Promise<void> => {
  const { status } = await parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content } })
  expect(status).to.equal(201)
}

const contentsOf = async (parley: TestApp, { token }: TestUser, chatId: string): Promise<string[]> => {
  const { body } = await parley.call('GET', `/chats/${chatId}/messages`, { token })
  return (body as { content: string }[]).map(({ content }) => content)
}

/** Empties the projection that holds messages, while no server runs; the next start rebuilds it. */
async function rebuild(environment: Record<string, string>): Promise<void> {
  const lines: string[] = []
  const take = (line: string): void => void lines.push(line)
  const output = { print: take, printNotice: take }
  const code = await runCommandLine(['projections', 'rebuild', 'conversations'], environment, output)
  expect(code, lines.join()).to.equal(0)
}

const environmentOf = (parley: TestApp, urls: Roles): Record<string, string> => ({
  ...parley.environment,
  DATABASE_URL: urls.databaseUrl,
  DATABASE_OWNER_URL: urls.databaseOwnerUrl,
  KEYS_DATABASE_URL: urls.keysDatabaseUrl,
  KEYS_DATABASE_OWNER_URL: urls.keysDatabaseOwnerUrl,
})

const readModelSchemas = async (url: string): Promise<string[]> => {
  const rows = await execute<{ schema: string }>(
    url,
    `select distinct schemaname as schema from pg_tables where tablename ~ '_\\d+_\\d+$' order by 1`,
  )
  return rows.map(({ schema }) => schema)
}

describe('owner and application are two roles of the database', function () {
  this.timeout(120_000)
  let server: TestDatabase
  let prefix: string
  const at = (user: string, database: string): string => {
    const url = new URL(server.url)
    const [role, password] = user === 'owner' ? ['owner', 'owner-password'] : ['app', 'app-password']
    return Object.assign(url, { username: `${prefix}_${role}`, password, pathname: `/${database}` }).href
  }
  const roles = (main: string, keys: string): Roles => ({
    databaseUrl: at('app', main),
    databaseOwnerUrl: at('owner', main),
    keysDatabaseUrl: at('app', keys),
    keysDatabaseOwnerUrl: at('owner', keys),
  })

  beforeEach(async () => {
    server = await createTestDatabase()
    prefix = `roles_${randomBytes(6).toString('hex')}`
  })

  afterEach(async () => {
    for (const name of [prefix, `${prefix}_keys`])
      await execute(server.url, `drop database if exists ${name} with (force)`)
    for (const url of [server.url, server.keysUrl])
      for (const role of [`${prefix}_app`, `${prefix}_owner`]) {
        const there = await execute(url, `select from pg_roles where rolname = '${role}'`)
        if (there.length > 0) await execute(url, `reassign owned by ${role} to current_user`, `drop owned by ${role}`)
      }
    for (const role of [`${prefix}_app`, `${prefix}_owner`]) await execute(server.url, `drop role if exists ${role}`)
    await server[Symbol.asyncDispose]()
  })

  /** New databases, made as docs/operations.md says. */
  async function makeNew(): Promise<Roles> {
    for (const statement of await documented(0, prefix)) await execute(server.url, statement)
    return roles(prefix, `${prefix}_keys`)
  }

  it('the application works and rebuilds its read models, and may do no more than that', async () => {
    const urls = await makeNew()
    await using parley = await startTestApp(urls)
    const { ada, chatId } = await register(parley)
    await send(parley, ada, chatId, 'hello')
    await parley.restart(() => rebuild(environmentOf(parley, urls)))
    await send(parley, ada, chatId, 'again')
    expect(await contentsOf(parley, ada, chatId)).to.have.members(['hello', 'again'])
    expect((await parley.call('GET', '/readyz')).status).to.equal(200)
    expect(await readModelSchemas(urls.databaseUrl)).to.deep.equal(['read_models'])
    expect(parley.printed.filter((line) => line.includes('OWNER_URL'))).to.deep.equal([])

    const audit = ['audit_chain', 'audit_tree', 'audit_checkpoints', 'audit_anchors']
    const tables = [...audit, 'events', 'credentials', 'sessions', 'bots', 'projections', 'snapshots', 'installation']
    const refused = [
      [urls.databaseUrl, 'create table public.mine (id int)'],
      [urls.databaseUrl, 'create function public.mine() returns int language sql as $$ select 1 $$'],
      [urls.databaseUrl, 'create schema mine'],
      [urls.databaseUrl, 'update events set data = data'],
      [urls.databaseUrl, 'delete from events'],
      ...audit.map((table) => [
        urls.databaseUrl,
        `update ${table} set ${table === 'audit_tree' ? 'level = level' : 'at = at'}`,
      ]),
      ...audit.map((table) => [urls.databaseUrl, `delete from ${table}`]),
      [urls.databaseUrl, 'alter table audit_chain disable trigger append_only'],
      [urls.databaseUrl, 'update installation set kind = kind'],
      [urls.databaseUrl, 'delete from knex_migrations'],
      [urls.databaseUrl, 'drop function append_events(text, text, text, text)'],
      [urls.databaseUrl, 'create role mine'],
      [urls.databaseUrl, `alter role ${prefix}_app superuser`],
      [urls.databaseUrl, `set role ${prefix}_owner`],
      [urls.databaseUrl, 'select * from pg_authid'],
      [urls.keysDatabaseUrl, 'create table public.mine (id int)'],
      [urls.keysDatabaseUrl, 'create schema mine'],
      ...tables.flatMap((table) => destructive(table).map((statement) => [urls.databaseUrl, statement])),
      ...destructive('data_keys').map((statement) => [urls.keysDatabaseUrl, statement]),
    ] as [string, string][]
    for (const [url, statement] of refused) expect(await stateOf(url, statement), statement).to.equal(REFUSED)
  })

  it('an existing installation keeps its read models, and can rebuild them', async () => {
    await using parley = await startTestApp({ databaseUrl: server.url, keysDatabaseUrl: server.keysUrl })
    const { ada, chatId } = await register(parley)
    await send(parley, ada, chatId, 'hello')
    expect(await readModelSchemas(server.url)).to.deep.equal(['public'])
    expect(parley.printed.filter((line) => line.includes('OWNER_URL'))).to.deep.equal([
      'Not set: DATABASE_OWNER_URL, KEYS_DATABASE_OWNER_URL. The application connects as the owner of its tables; docs/operations.md, "Database roles"',
    ])

    const [main, keys] = [server.url, server.keysUrl].map((url) => new URL(url).pathname.slice(1)) as [string, string]
    const owner = `${prefix}_owner`
    await execute(server.url, `create role ${owner} login password 'owner-password'`)
    for (const [url, name] of [
      [server.url, main],
      [server.keysUrl, keys],
    ] as const)
      await execute(url, ...(await ownedBy(owner, url)), `alter database ${name} owner to ${owner}`)
    for (const statement of await documented(1, prefix)) {
      const named = statement.replace(`database ${prefix}_keys`, `database ${keys}`)
      await execute(server.url, named.replace(`database ${prefix} `, `database ${main} `))
    }

    await parley.restart(() => Promise.resolve(), roles(main, keys))
    expect(await contentsOf(parley, ada, chatId)).to.deep.equal(['hello'])
    expect(await stateOf(roles(main, keys).databaseUrl, 'create table public.mine (id int)')).to.equal(REFUSED)
    const urls = roles(main, keys)
    await parley.restart(() => rebuild(environmentOf(parley, urls)), urls)
    expect(await readModelSchemas(server.url)).to.deep.equal(['public', 'read_models'])
    await send(parley, ada, chatId, 'again')
    expect(await contentsOf(parley, ada, chatId)).to.have.members(['hello', 'again'])
  })

  it("a role with the owner's rights is refused as the application's", async () => {
    const urls = await makeNew()
    const start = (more: Partial<Roles>): Promise<unknown> =>
      startTestApp({ ...urls, ...more }).catch((error: unknown) => explainFailure(error).text)
    const line = /^DATABASE_URL: the user "\w+" is an administrator of Postgres, or owns the database or its tables/
    expect(await start({ databaseUrl: urls.databaseOwnerUrl })).to.match(line)
    const superuser = Object.assign(new URL(server.url), { pathname: `/${prefix}` }).href
    expect(await start({ databaseUrl: superuser })).to.match(line)
    await execute(server.url, `alter role ${prefix}_app createrole`)
    expect(await start({})).to.match(line)
  })
})

const destructive = (table: string): string[] => [
  `truncate ${table}`,
  `drop table ${table}`,
  `alter table ${table} add column mine int`,
  `create trigger mine before insert on ${table} execute function suppress_redundant_updates_trigger()`,
]

/** The statements that give everything in schema `public` to a role. */
async function ownedBy(owner: string, url: string): Promise<string[]> {
  const tables = await execute<{ name: string }>(
    url,
    `select tablename as name from pg_tables where schemaname = 'public'`,
  )
  const functions = await execute<{ name: string }>(
    url,
    `select oid::regprocedure::text as name from pg_proc where pronamespace = 'public'::regnamespace`,
  )
  return [
    ...tables.map(({ name }) => `alter table public."${name}" owner to ${owner}`),
    ...functions.map(({ name }) => `alter function ${name} owner to ${owner}`),
  ]
}

describe('the embedded Postgres', function () {
  this.timeout(120_000)

  it('has both roles, also with the data of a release that had one', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'parley-roles-'))
    await chmod(dataDir, 0o755) // as root, Postgres runs as another user
    const config = parseConfig({ PORT: '0', PARLEY_DATA_DIR: dataDir }, () => '')
    const printed: string[] = []
    const print = (line: string): void => void printed.push(line)
    const start = () => createApp(config, { print, logger: winston.createLogger({ silent: true }) })
    try {
      await using server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings: { fsync: 'off' } })
      for (const name of ['parley', 'parley_keys']) await server.createDatabase(name)
      const [url, keysUrl] = [server.url('parley'), server.url('parley_keys')]
      await (await startAs(url, keysUrl))[Symbol.asyncDispose]()
      expect(await readModelSchemas(url)).to.deep.equal(['public'])

      for (let round = 0; round < 2; round++) {
        await using app = await start()
        const { main, keys } = app.core.databases
        for (const pool of [main, keys]) {
          const { rows } = await pool.query<{ role: string; isSuperuser: boolean }>(
            `select rolname as role, rolsuper as "isSuperuser" from pg_roles where rolname = current_user`,
          )
          expect(rows).to.deep.equal([{ role: 'parley_app', isSuperuser: false }])
        }
        const truncated = await main.query('truncate events').catch((error: unknown) => error)
        expect(truncated).to.have.property('code', REFUSED)
        await app[Symbol.asyncDispose]()
        await rebuild({ PARLEY_DATA_DIR: dataDir })
        expect(await readModelSchemas(url)).to.deep.equal(['public', 'read_models'])
      }
      expect(printed.filter((line) => line.includes('OWNER_URL'))).to.deep.equal([])
    } finally {
      await rm(dataDir, { recursive: true, maxRetries: 10 })
    }

    /** As a release did that connected as the superuser. */
    async function startAs(databaseUrl: string, keysDatabaseUrl: string) {
      const keysOfFolder = { masterKey: await keyIn('master-key'), tokenKey: await keyIn('token-key') }
      const environment = {
        PORT: '0',
        DATABASE_URL: databaseUrl,
        KEYS_DATABASE_URL: keysDatabaseUrl,
        MASTER_KEY: keysOfFolder.masterKey,
        TOKEN_KEYS: `local:${keysOfFolder.tokenKey}`,
        AUDIT_SIGNING_KEYS: `local:${await keyIn('audit-signing-key')}`,
      }
      const options = { print: () => undefined, logger: winston.createLogger({ silent: true }) }
      return createApp(
        parseConfig(environment, () => ''),
        options,
      )
    }

    async function keyIn(name: string): Promise<string> {
      await readOrMakeLocalSecrets(dataDir)
      return (await readFile(join(dataDir, name), 'utf8')).trim()
    }
  })
})
