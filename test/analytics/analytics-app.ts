import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createAnalytics } from '../../src/analytics/analytics.js'
import { createViewEvents } from '../../src/analytics/events/event-view.js'
import type { AnalystsProjection } from '../../src/analytics/analysts-projection.js'
import type { ProjectionState } from '../../src/projections/engine/projection-states.js'
import type { Config } from '../../src/app/config.js'
import type { Overrides } from '../../src/app/overrides.js'
import { ownProjectionNames } from '../../src/projections/projection-list.js'
import { createPool } from '../../src/postgres/pool.js'
import { recordedReport } from '../support/recorded-report.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { execute } from '../support/test-database.js'

/** The app with a folder of analysts' projections, and database roles of its own for them. */
export interface AnalyticsApp extends AsyncDisposable {
  parley: TestApp
  folder: string
  /** Fails for a name that is neither a file's nor a table's. */
  projection(name: string): Promise<AnalystsProjection>
  /** The role that owns the schemas, and the one that reads. */
  role: string
  /** Connects as the role that owns the schemas. */
  url: string
  /** Rows of a query by the superuser. */
  query<Row>(sql: string): Promise<Row[]>
  write(file: string, source: string): Promise<void>
  /** Resolves once the projection has this status; gives what the list then shows of it. */
  untilStatus(name: string, status: ProjectionState['status']): Promise<ProjectionState>
  /** Resolves once analysts see the tables of this generation. */
  untilGeneration(name: string, generation: number): Promise<void>
}

/** Processes start slowly on a busy machine. */
const SLOW = { timeoutMs: 30_000 }

const PASSWORD = 'analytics-password'

export async function startAnalyticsApp(
  files: Record<string, string> = {},
  config: Partial<Config> = {},
  overrides: Overrides = {},
): Promise<AnalyticsApp> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-projections-'))
  await chmod(folder, 0o755)
  const write = (file: string, source: string): Promise<void> => writeFile(join(folder, file), source)
  for (const [file, source] of Object.entries(files)) await write(file, source)
  const role = `analytics_${randomBytes(6).toString('hex')}`
  const parley = await startTestApp({}, overrides) // only then is the name of its database known
  const databaseUrl = parley.config.databaseUrl!
  const url = Object.assign(new URL(databaseUrl), { username: role, password: PASSWORD }).href
  const settings = { projectionsDir: folder, analyticsDatabaseUrl: url, ...config }
  await parley.restart(() => Promise.resolve(), settings)
  Object.assign(parley.config, settings)
  const pool = createPool({ connectionString: url, max: 3 })
  const projection = async (name: string): Promise<AnalystsProjection> => {
    const { log, reader } = parley.app.core
    const viewEvents = createViewEvents({ reader, isSkipped: () => Promise.resolve(false) }, new Map())
    const deps = {
      pool,
      url,
      readerUrl: null,
      folder,
      reservedNames: ownProjectionNames,
      log,
      viewEvents,
      hidesMessages: false,
      report: recordedReport(),
    }
    const found = await createAnalytics({ ...deps, lagSecondsAt: () => Promise.resolve(0) }).find(name)
    if (found === null) throw new Error(`no projection ${name}`)
    return found
  }
  const stateOf = async (name: string): Promise<ProjectionState> => (await projection(name)).state()
  return {
    parley,
    folder,
    projection,
    role,
    url,
    query: (sql) => execute(databaseUrl, sql),
    write,
    untilGeneration: (name, generation) =>
      eventually(async () => {
        const found = await stateOf(name)
        expect(found, JSON.stringify(found)).to.include({ generation, rebuild: null })
      }, SLOW),
    untilStatus: (name, status) =>
      eventually(async () => {
        const found = await stateOf(name)
        expect(found.status, JSON.stringify(found)).to.equal(status)
        // Live, but with tables that analysts do not see yet, is what a first build is.
        if (status === 'live')
          expect(found, JSON.stringify(found)).to.include({ rebuild: null }).and.not.include({ generation: null })
        return found
      }, SLOW),
    async [Symbol.asyncDispose]() {
      await pool.end()
      await parley.restart(() => dropRoles(databaseUrl, role), { projectionsDir: null, analyticsDatabaseUrl: null })
      await parley[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

/** Roles belong to the whole server. */
async function dropRoles(url: string, role: string): Promise<void> {
  for (const name of [`${role}_reader`, role])
    if ((await execute(url, `select from pg_roles where rolname = '${name}'`)).length > 0)
      await execute(url, `drop owned by ${name} cascade`, `drop role ${name}`)
}

/** One of the examples that Parley ships. */
export const copyExample = (name: string, folder: string): Promise<void> =>
  copyFile(join('examples/projections', name), join(folder, name))

export async function openChat(parley: TestApp): Promise<{ ada: TestUser; chatId: string }> {
  const ada = await parley.register('Ada')
  const { status, body } = await parley.call('POST', '/chats', {
    token: ada.token,
    body: { name: 'Team', participantIds: [] },
  })
  expect(status, JSON.stringify(body)).to.equal(201)
  return { ada, chatId: (body as { id: string }).id }
}

export async function send(parley: TestApp, { token }: TestUser, chatId: string, content: string): Promise<void> {
  const { status } = await parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content } })
  expect(status).to.equal(201)
}

/** The source of a projection that keeps each message's id and its number in the chat. `first` runs before anything is written. */
export const seqsProjection = ({
  first = '',
  version = 1,
  tables = '',
} = {}): string => `export const version = ${version}
export const events = ['MessageSent']
export const tables = \`create table seqs (message_id uuid primary key, seq integer, note text); ${tables}\`
export async function apply(events, sql) {
  for (const event of events) {
    ${first}
    await sql\`insert into seqs (message_id, seq) values (\${event.data.messageId}, \${event.data.seq})\`
  }
}
`
