import { Client } from 'pg'
import type { ProjectionFile } from '../projection-file.js'
import { applyBatch, type Generation } from './apply-batch.js'
import { checkExports, type FileExports } from './check-exports.js'
import { createTables } from './create-tables.js'
import { describeFailure } from './describe-failure.js'
import type { LoadedFile, Reply, Request } from './protocol.js'
import { readTablesLine } from './tables-line.js'

/** The process of one projection. It has no environment, and reads no files but the analysts' and its own code. */
let imported: unknown
let folder = ''
let loaded: { file: ProjectionFile; url: string } | undefined
let database: { client: Client; generation: Generation } | undefined

const STATEMENT_TIMEOUT_MS = 30_000
const IDLE_TIMEOUT_MS = 60_000

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'load':
      return load(request.file)
    case 'open':
      return open(request)
    case 'apply': {
      if (loaded === undefined || database === undefined) throw new Error('not open')
      const { client, generation } = database
      return applyBatch(client, loaded.file, generation, request).catch(async (error: unknown) => {
        await client.query('rollback').catch(() => undefined)
        throw error
      })
    }
  }
}

function load(url: string): LoadedFile {
  folder = url.slice(0, url.lastIndexOf('/') + 1)
  const file = checkExports(imported as FileExports)
  loaded = { file, url }
  return { version: file.version, events: [...file.events] }
}

async function open({ url, name, generation }: Request & { kind: 'open' }): Promise<void> {
  if (loaded === undefined) throw new Error('not loaded')
  const client = new Client({
    connectionString: url,
    application_name: `parley-analytics ${name}`,
    connectionTimeoutMillis: 10_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: STATEMENT_TIMEOUT_MS / 2,
    idle_in_transaction_session_timeout: IDLE_TIMEOUT_MS,
  })
  client.on('error', () => undefined) // the next statement fails
  await client.connect()
  await client.query(`set timezone to 'UTC'; set client_connection_check_interval to '1s'`)
  database = { client, generation: { name, generation } }
  const { file, url: fileUrl } = loaded
  await createTables(client, file.tables, name, generation).catch((error: unknown) => {
    throw readTablesLine(error, file.tables, fileUrl)
  })
}

async function handle(request: Request): Promise<void> {
  // What the file throws while it is imported, syntax errors included, ends the process: only then does Node print the line.
  if (request.kind === 'load') imported = await import(request.file)
  const reply = await answer(request).then(
    (value: unknown): Reply => ({ value }),
    (error: unknown): Reply => ({ failure: describeFailure(error, folder) }),
  )
  process.send?.(reply)
}

process.on('message', (request: Request) => void handle(request))
// The server has gone, however that ended.
process.on('disconnect', () => process.exit())
