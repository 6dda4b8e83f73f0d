import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { migrate } from '../../src/postgres/migrate.js'
import { keysMigrations, mainMigrations } from '../../src/app/migrations.js'
import { eventually } from './eventually.js'

export interface TestDatabase extends AsyncDisposable {
  /** A migrated, otherwise empty main database, nobody else's. */
  url: string
  /** The same for the keys. */
  keysUrl: string
}

/** Names of databases that are migrated, and which test databases are copies of. */
export interface Templates {
  /** URL of the server's maintenance database. */
  server: string
  main: string
  keys: string
}

let templates: Templates | undefined

/** Migrates once what every test database is then a copy of. */
export async function makeTemplates(server: string): Promise<Templates> {
  const made = { server, main: uniqueName('template'), keys: uniqueName('template_keys') }
  await execute(server, `create database ${made.main}`, `create database ${made.keys}`)
  await migrate(onServer(server, made.main), mainMigrations)
  await migrate(onServer(server, made.keys), keysMigrations)
  return made
}

export async function dropDatabases({ server, main, keys }: Templates): Promise<void> {
  await drop(server, main, keys)
}

export const useTemplates = (made: Templates): void => void (templates = made)

/** Made while a test runs, for the next one. */
let spare: Promise<TestDatabase> | undefined
/** In use by tests, by the name of the main one. */
const open = new Set<string>()
/** Under way, while other tests run: each gives the connections that were left open. */
const dropping: Promise<string[]>[] = []

/** Drops the one that was made for the next test, too. */
export async function settleDatabases(): Promise<void> {
  const last = await spare
  spare = undefined
  await last?.[Symbol.asyncDispose]()
  await Promise.all(dropping)
}

/** What tests left since the last call: databases not disposed of, and connections that were open seconds after. */
export async function findDatabaseLeaks(): Promise<string[]> {
  await spare
  const connections = (await Promise.all(dropping.splice(0))).flat()
  const leaks = [...connections, ...[...open].map((name) => `database ${name} was not disposed of`)]
  open.clear()
  return leaks
}

/** Disposing of it drops both databases, also while connections are open: see `connectionsTo`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const next = spare ?? makeTestDatabase()
  spare = next.then(makeTestDatabase, makeTestDatabase)
  spare.catch(() => undefined) // the next test fails with it
  const database = await next
  open.add(nameOf(database.url))
  return database
}

async function makeTestDatabase(): Promise<TestDatabase> {
  const { server, main, keys } = madeTemplates()
  const name = uniqueName('main')
  const keysName = uniqueName('keys')
  await Promise.all([
    execute(server, `create database ${name} template ${main}`),
    execute(server, `create database ${keysName} template ${keys}`),
  ])
  return {
    url: onServer(server, name),
    keysUrl: onServer(server, keysName),
    [Symbol.asyncDispose]() {
      open.delete(name)
      dropping.push(drop(server, name, keysName))
      return Promise.resolve()
    },
  }
}

/** How many connections to this database are open. Zero, eventually, once everything that used it was released. */
export async function connectionsTo(url: string): Promise<number> {
  const sql = `select count(*)::int as count from pg_stat_activity where datname = '${nameOf(url)}'`
  const [row] = await execute<{ count: number }>(madeTemplates().server, sql)
  return row!.count
}

/** Runs statements one after the other on a connection of their own; gives the last one's rows. */
export async function execute<Row>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    let rows: Row[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows as Row[]
    return rows
  } finally {
    await client.end()
  }
}

/** How long a connection may take to go after the client has ended it; a busy machine is slow. */
const CLOSING_MS = 5_000

/** Waits for connections that are being closed. Then it drops the databases all the same, and gives what was still connected. */
async function drop(server: string, ...names: string[]): Promise<string[]> {
  const connected = `select datname, application_name, left(query, 100) as query from pg_stat_activity
    where datname in (${names.map((name) => `'${name}'`).join()})`
  const left = (): Promise<Connection[]> => execute<Connection>(server, connected)
  const allGone = async (): Promise<void> => {
    if ((await left()).length > 0) throw new Error('still connected')
  }
  const leaks = await eventually(allGone, { timeoutMs: CLOSING_MS }).then(() => [], left)
  await execute(server, ...names.map((name) => `drop database if exists ${name} with (force)`))
  return leaks.map(({ datname, application_name: name, query }) => `a connection of "${name}" to ${datname}: ${query}`)
}

interface Connection {
  datname: string
  application_name: string
  query: string
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1)

const uniqueName = (kind: string): string => `parley_test_${kind}_${randomBytes(6).toString('hex')}`

function onServer(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

function madeTemplates(): Templates {
  if (templates) return templates
  throw new Error('no test databases: run mocha with --require dist/test/support/global-setup.js')
}
