import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { EventLog } from '../../src/eventstore/event-log.js'
import { migrate } from '../../src/postgres/migrate.js'
import { openPostgresEventLog } from '../../src/eventstore/postgres/postgres-event-log.js'
import { logMigrations } from '../../src/eventstore/postgres/migrations.js'
import { atOnce } from './at-once.js'
import { sampleEvent } from './sample-event.js'
import { throwingReport } from './throwing-report.js'

interface OnDatabase {
  url: string
}

interface Writers extends OnDatabase {
  writers: number
  seconds: number
}

interface Reading extends OnDatabase {
  seconds: number
}

const PAGE = 1000
const CONNECTIONS = 20

async function withPool<Result>(url: string, work: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
  try {
    return await work(pool)
  } finally {
    await pool.end()
  }
}

const withLog = <Result>(url: string, work: (log: EventLog) => Promise<Result>): Promise<Result> =>
  withPool(url, async (pool) => {
    await migrate(url, logMigrations)
    const openingEvent = (logId: string) => ({ ...sampleEvent(), data: JSON.stringify({ logId }) })
    await using log = await openPostgresEventLog({ pool, connectionString: url, openingEvent, report: throwingReport })
    return await work(log)
  })

/** So many streams, each appended to by one writer, one event at a time; events a second. */
export const loggedEvents = ({ url, writers, seconds }: Writers): Promise<number> =>
  withLog(url, (log) => {
    const streams = Array.from({ length: writers }, () => ({ name: `stream-${randomUUID()}`, version: 0 }))
    return atOnce(writers, seconds, async (writer) => {
      const stream = streams[writer] ?? { name: '', version: 0 }
      stream.version = (await log.append(stream.name, stream.version, [sampleEvent()])).version
    })
  })

/** The same rows into a table of the same kind, each in a statement and commit of its own; rows a second. */
export const insertedEvents = ({ url, writers, seconds }: Writers): Promise<number> =>
  withPool(url, async (pool) => {
    await pool.query(bareTable('inserted'))
    return atOnce(writers, seconds, () => {
      const { id, type, data, metadata } = sampleEvent()
      const text = 'insert into inserted (stream, version, id, type, data, metadata) values ($1, 1, $2, $3, $4, $5)'
      return pool.query({ name: 'insert', text, values: [id, id, type, data, metadata] })
    })
  })

const bareTable = (name: string): string => `
  create table if not exists ${name} (
    "position" bigint generated always as identity primary key,
    stream text not null,
    version int not null,
    id uuid not null,
    type text not null,
    data text not null,
    metadata text not null,
    unique (stream, version)
  )`

/** COPY of rows from a file of the server's own into a bare table; rows a second. The file is made first. */
export const copiedEvents = ({ url, file, rows }: OnDatabase & { file: string; rows: number }): Promise<number> =>
  withPool(url, async (pool) => {
    const { data, metadata } = sampleEvent()
    const columns = '(stream, version, id, type, data, metadata)'
    await pool.query(bareTable('copied'))
    await pool.query('truncate copied')
    await pool.query(
      `copy (select gen_random_uuid(), 1, gen_random_uuid(), 'MessageSent', '${data}', '${metadata}'
       from generate_series(1, ${rows})) to '${file}'`,
    )
    const began = performance.now()
    await pool.query(`copy copied ${columns} from '${file}'`)
    return (rows * 1000) / (performance.now() - began)
  })

/** The log from its beginning, page by page, again and again; events a second. */
export const readEvents = ({ url, seconds }: Reading): Promise<number> =>
  withLog(url, async (log) => {
    let events = 0
    let position = log.start
    const began = performance.now()
    await atOnce(1, seconds, async () => {
      const page = await log.readAll(position, PAGE)
      events += page.events.length
      position = page.events.length < PAGE ? log.start : page.position
    })
    return (events * 1000) / (performance.now() - began)
  })

/** The same pages with the driver alone; rows a second. */
export const readRows = ({ url, seconds }: Reading): Promise<number> =>
  withPool(url, async (pool) => {
    let rows = 0
    let position = '0'
    const began = performance.now()
    await atOnce(1, seconds, async () => {
      const text = 'select * from events where "position" > $1 order by "position" limit $2'
      const page = await pool.query<{ position: string }>({ name: 'page', text, values: [position, PAGE] })
      rows += page.rows.length
      position = page.rows.length < PAGE ? '0' : (page.rows.at(-1)?.position ?? '0')
    })
    return (rows * 1000) / (performance.now() - began)
  })
