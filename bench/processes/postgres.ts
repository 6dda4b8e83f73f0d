import { readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../../src/postgres/embedded/embedded-postgres.js'
import { move, type Place } from './pinning.js'

/** The one Postgres of a run, on disk, with durable commits. */
export interface BenchPostgres extends AsyncDisposable {
  /** Makes an empty database; gives its URL. */
  createDatabase(name: string): Promise<string>
  /** The server's version. */
  version: string
  /** Moves all of it, the connections of now and of later. */
  place(place: Place): void
  /** A folder that Postgres itself can write to. */
  exchange: string
}

/** More than Postgres's default of connections, for several servers share it; all else is as the product starts it. */
const SETTINGS = { max_connections: '200' }

export async function startPostgres(): Promise<BenchPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'))
  await chmod(folder, 0o755) // as root, Postgres runs as another user
  const exchange = join(folder, 'exchange')
  await mkdir(exchange)
  await chmod(exchange, 0o777)
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined, settings: SETTINGS })
  const [pid = ''] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return {
    exchange,
    place: (place) => move(Number(pid), place),
    version: await versionOf(postgres.url('postgres')),
    async createDatabase(name) {
      await postgres.createDatabase(name)
      return postgres.url(name)
    },
    async [Symbol.asyncDispose]() {
      await postgres.leave()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const versionOf = async (url: string): Promise<string> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? ''
  })

export async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** What Postgres does by itself a minute later: it counts and tidies, so that queries are planned for what there is. */
export const settle = (url = ''): Promise<unknown> => withClient(url, (client) => client.query('vacuum analyze'))
