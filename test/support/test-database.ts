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

interface Templates {
  /** URL of the server's maintenance database. */
  server: string
  main: string
  keys: string
}

let templates: Templates | undefined

/** Migrates once what every test database is then a copy of. Called by the global setup. */
export async function makeTemplates(server: string): Promise<void> {
  templates = { server, main: uniqueName('template'), keys: uniqueName('template_keys') }
  await execute(server, `create database ${templates.main}`, `create database ${templates.keys}`)
  await migrate(onServer(server, templates.main), mainMigrations)
  await migrate(onServer(server, templates.keys), keysMigrations)
}

/** All that is left of test databases too. @throws what kept one of them from being dropped */
export async function dropTemplates(): Promise<void> {
  const { server, main, keys } = madeTemplates()
  const last = await spare
  await last?.[Symbol.asyncDispose]()
  await Promise.all(dropping)
  await drop(server, main, keys)
}

/** Made while a test runs, for the next one. */
let spare: Promise<TestDatabase> | undefined
/** Under way, while other tests run. */
const dropping: Promise<void>[] = []

/** Disposing of it has both databases dropped, whoever is still connected: see `connectionsTo`. */
export function createTestDatabase(): Promise<TestDatabase> {
  const made = spare ?? makeTestDatabase()
  spare = made.then(makeTestDatabase, makeTestDatabase)
  spare.catch(() => undefined) // the next test will hear of it
  return made
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
      dropping.push(drop(server, name, keysName))
      return Promise.resolve()
    },
  }
}

/** How many connections to this database are open. Zero, eventually, once everything that used it was released. */
export async function connectionsTo(url: string): Promise<number> {
  const name = new URL(url).pathname.slice(1)
  const sql = `select count(*)::int as count from pg_stat_activity where datname = '${name}'`
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

/** Lets those go who have just said goodbye: a pool hears of a killed connection even after its end. Then it asks nobody. */
async function drop(server: string, ...names: string[]): Promise<void> {
  const left = `select from pg_stat_activity where datname in (${names.map((name) => `'${name}'`).join()})`
  const allGone = async (): Promise<void> => {
    if ((await execute(server, left)).length > 0) throw new Error('somebody is still connected')
  }
  await eventually(allGone, { timeoutMs: 2_000 }).catch(() => undefined)
  await execute(server, ...names.map((name) => `drop database ${name} with (force)`))
}

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
