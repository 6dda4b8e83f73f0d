import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../src/app/config.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { execute } from '../support/test-database.js'

/** The app with a folder of analysts' projections, and roles of its own for them. */
export interface AnalyticsApp extends AsyncDisposable {
  parley: TestApp
  folder: string
  /** Name of the role that owns the schemas. */
  role: string
  /** Connects as that role. */
  url: string
  /** Rows of a query, as a superuser. */
  query<Row>(sql: string): Promise<Row[]>
  write(file: string, source: string): Promise<void>
}

export async function startAnalyticsApp(
  files: Record<string, string> = {},
  config: Partial<Config> = {},
): Promise<AnalyticsApp> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-projections-'))
  await chmod(folder, 0o755)
  const write = (file: string, source: string): Promise<void> => writeFile(join(folder, file), source)
  for (const [file, source] of Object.entries(files)) await write(file, source)
  const role = `analytics_${randomBytes(6).toString('hex')}`
  const parley = await startTestApp({}) // its database's name is not known before
  const databaseUrl = parley.config.databaseUrl!
  const url = Object.assign(new URL(databaseUrl), { username: role, password: 'analytics-password' }).href
  const settings = { projectionsDir: folder, analyticsDatabaseUrl: url, ...config }
  await parley.restart(() => Promise.resolve(), settings)
  Object.assign(parley.config, settings)
  return {
    parley,
    folder,
    role,
    url,
    query: (sql) => execute(databaseUrl, sql),
    write,
    async [Symbol.asyncDispose]() {
      await parley.restart(() => dropRoles(databaseUrl, role), { projectionsDir: null, analyticsDatabaseUrl: null })
      await parley[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

async function dropRoles(url: string, role: string): Promise<void> {
  for (const name of [`${role}_reader`, role]) await execute(url, `drop owned by ${name} cascade`, `drop role ${name}`)
}

/** One of the examples that Parley ships. */
export const copyExample = (name: string, folder: string): Promise<void> =>
  copyFile(join('examples/projections', name), join(folder, name))

export async function openChat(parley: TestApp): Promise<{ ada: TestUser; chatId: string }> {
  const ada = await parley.register('Ada')
  const { body } = await parley.call('POST', '/chats', { token: ada.token, body: { name: 'Team', participantIds: [] } })
  return { ada, chatId: (body as { id: string }).id }
}

export async function send(parley: TestApp, { token }: TestUser, chatId: string, content: string): Promise<void> {
  const { status } = await parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content } })
  if (status !== 201) throw new Error(`not sent: ${status}`)
}
