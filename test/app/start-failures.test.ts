import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import winston from 'winston'
import { parseConfig } from '../../src/app/config.js'
import { explainFailure, type FailureReport } from '../../src/app/explain-failure.js'
import { createApp } from '../../src/app/start-app.js'
import { freePort } from '../support/free-port.js'
import { openTestRedis } from '../support/redis.js'
import { execute, createTestDatabase, type TestDatabase } from '../support/test-database.js'

const secret = randomBytes(32).toString('base64')

type Environment = Record<string, string>

interface Failure {
  title: string
  /** Makes the fault; gives what the server is started with. */
  env(external: Environment, database: TestDatabase, folder: string): Environment | Promise<Environment>
  line: RegExp
  exitCode?: 1 | 2
}

const changed = (url: string | undefined, change: (url: URL) => void): string => {
  const parsed = new URL(url ?? '')
  change(parsed)
  return parsed.href
}

const withLogin = (url: string, user: string, password: string): string =>
  changed(url, (parsed) => Object.assign(parsed, { username: user, password }))

const failures: Failure[] = [
  ...(['DATABASE_URL', 'KEYS_DATABASE_URL'] as const).flatMap((variable): Failure[] => [
    {
      title: `${variable}: no server there`,
      env: async (env) => {
        const port = String(await freePort())
        return { ...env, [variable]: changed(env[variable], (url) => (url.port = port)) }
      },
      line: new RegExp(
        `^${variable}: no Postgres answers at 127\\.0\\.0\\.1:\\d+ \\(ECONNREFUSED\\): start it, or correct`,
      ),
    },
    {
      title: `${variable}: a wrong password`,
      env: (env) => ({ ...env, [variable]: changed(env[variable], (url) => (url.password = 'wrong')) }),
      line: new RegExp(`^${variable}: Postgres at \\S+ refuses the user "\\w+" .*: correct user and password$`),
    },
    {
      title: `${variable}: a database that does not exist`,
      env: (env) => ({ ...env, [variable]: changed(env[variable], (url) => (url.pathname = '/no_such_database')) }),
      line: new RegExp(
        `^${variable}: the database "no_such_database" does not exist at \\S+: create it, or correct the name$`,
      ),
    },
    {
      title: `${variable}: a server without TLS`,
      env: (env) => ({
        ...env,
        [variable]: changed(env[variable], (url) => url.searchParams.set('sslmode', 'require')),
      }),
      line: new RegExp(`^${variable}: no TLS connection to \\S+ .*: correct sslmode, or the certificates$`),
    },
    {
      title: `${variable}: a server that is no Postgres`,
      env: async (env) => ({ ...env, [variable]: `postgres://parley:pw@127.0.0.1:${await portThatHangsUp()}/parley` }),
      line: new RegExp(`^${variable}: no Postgres answers at \\S+ .*: start it, or correct the address$`),
    },
    {
      title: `${variable}: tables of another application`,
      env: async (env) => {
        const url = await emptyDatabase(
          env[variable] ?? '',
          'create table events (id int)',
          'create table data_keys (id int)',
        )
        return { ...env, [variable]: url }
      },
      line: new RegExp(`^${variable}: .*: name an empty database`),
    },
    {
      title: `${variable}: a user without rights`,
      env: async (env) => {
        const url = await emptyDatabase(env[variable] ?? '')
        const user = `guest_${randomBytes(6).toString('hex')}`
        await execute(url, `create user ${user} password 'guest'`)
        made.push(() => execute(env[variable] ?? '', `drop user ${user}`))
        return {
          ...env,
          [variable]: withLogin(url, user, 'guest'),
        }
      },
      line: new RegExp(`^${variable}: the user "guest_\\w+" lacks rights in "\\w+" .*: make it the owner`),
    },
    {
      title: `${variable}: a read-only server`,
      env: async (env) => {
        const url = await emptyDatabase(env[variable] ?? '')
        const name = new URL(url).pathname.slice(1)
        await execute(url, `alter database ${name} set default_transaction_read_only = on`)
        return { ...env, [variable]: url }
      },
      line: new RegExp(`^${variable}: the database "\\w+" is read-only: name the primary server$`),
    },
    {
      title: `${variable}: set, but empty`,
      env: (env) => ({ ...env, [variable]: '' }),
      line: new RegExp(`^${variable} is set, but empty: give it a value, or unset it$`),
      exitCode: 2,
    },
  ]),
  {
    title: 'the data directory is a file',
    env: async (_env, _database, folder) => {
      await writeFile(join(folder, 'file'), '')
      return { PARLEY_DATA_DIR: join(folder, 'file') }
    },
    line: /^PARLEY_DATA_DIR: \S+\/file is a file, or below one: name a folder$/,
  },
  {
    title: 'the data directory is below a file',
    env: async (_env, _database, folder) => {
      await writeFile(join(folder, 'file'), '')
      return { PARLEY_DATA_DIR: join(folder, 'file/below') }
    },
    line: /^PARLEY_DATA_DIR: \S+ is a file, or below one: name a folder$/,
  },
  ...['$HOME', 'a`b', 'a"b', 'a\\b'].map((name): Failure => ({
    title: `the data directory is named ${name}`,
    env: (_env, _database, folder) => ({ PARLEY_DATA_DIR: join(folder, name) }),
    line: /^PARLEY_DATA_DIR: ".*" holds ".+", which Postgres cannot start with: choose another folder$/,
  })),
  {
    title: 'the password file of the data directory is a folder',
    env: async (_env, _database, folder) => {
      await mkdir(join(folder, 'postgres-password'))
      return { PARLEY_DATA_DIR: folder }
    },
    line: /^PARLEY_DATA_DIR: \S+ cannot be used \(EISDIR\): /,
  },
  {
    title: 'a wrong password of Redis',
    env: async (env) => {
      const redis = await openTestRedis()
      if (redis === null) throw new Error('this test needs Redis')
      made.push(() => redis[Symbol.asyncDispose]())
      return { ...env, REDIS_URL: withLogin(redis.url, 'nobody', 'wrong') }
    },
    line: /^REDIS_URL: Redis refuses the connection \(.*\): correct user, password and database number$/,
  },
  {
    title: 'a database number that Redis does not have',
    env: async (env) => {
      const redis = await openTestRedis()
      if (redis === null) throw new Error('this test needs Redis')
      made.push(() => redis[Symbol.asyncDispose]())
      return { ...env, REDIS_URL: changed(redis.url, (url) => (url.pathname = '/999')) }
    },
    line: /^REDIS_URL: Redis refuses the connection \(ERR DB index is out of range\)/,
  },
  {
    title: 'a port that is taken',
    env: async (env) => ({ ...env, PORT: String(await portThatHangsUp()) }),
    line: /^PORT: \d+ is taken: choose a free one$/,
  },
  {
    title: 'an address of another machine',
    env: (env) => ({ ...env, HOST: '192.0.2.1', METRICS_TOKEN: randomBytes(24).toString('hex') }),
    line: /^HOST: not an address of this machine: choose one that is$/,
  },
  {
    title: 'a wrong value',
    env: () => ({ PORT: 'http' }),
    line: /^PORT must be a whole number/,
    exitCode: 2,
  },
]

/** Undone after each test, newest first. */
const made: (() => unknown)[] = []

async function emptyDatabase(server: string, ...statements: string[]): Promise<string> {
  const name = `other_${randomBytes(6).toString('hex')}`
  await execute(server, `create database ${name}`)
  made.push(() => execute(server, `drop database ${name} with (force)`))
  const url = changed(server, (parsed) => (parsed.pathname = `/${name}`))
  if (statements.length > 0) await execute(url, ...statements)
  return url
}

async function portThatHangsUp(): Promise<number> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  made.push(() => server.close())
  return (server.address() as AddressInfo).port
}

describe('what keeps Parley from starting is one line with the variable and the remedy', function () {
  this.timeout(240_000)
  let database: TestDatabase
  let folder: string

  before(async () => {
    database = await createTestDatabase()
  })

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-failure-'))
    await chmod(folder, 0o755)
  })

  afterEach(async () => {
    for (let undo = made.pop(); undo !== undefined; undo = made.pop()) await undo()
    await rm(folder, { recursive: true })
  })

  after(() => database[Symbol.asyncDispose]())

  for (const { title, env, line, exitCode = 1 } of failures) {
    it(title, async () => {
      const external = {
        PORT: '0',
        DATABASE_URL: database.url,
        KEYS_DATABASE_URL: database.keysUrl,
        MASTER_KEY: secret,
        TOKEN_KEYS: `a:${secret}`,
        AUDIT_SIGNING_KEYS: `a:${secret}`,
      }
      const failure = await failureOf(await env(external, database, folder))
      expect(failure.text).to.match(line).and.not.to.include('\n')
      expect(failure.exitCode).to.equal(exitCode)
    })
  }
})

async function failureOf(env: Environment): Promise<FailureReport> {
  const options = { print: () => undefined, logger: winston.createLogger({ silent: true }) }
  try {
    await using app = await createApp(
      parseConfig(env, () => ''),
      options,
    )
    return { text: `started on ${app.url}`, exitCode: 1 }
  } catch (error) {
    return explainFailure(error)
  }
}
