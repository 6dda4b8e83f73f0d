import { Client } from 'pg'
import type { ProjectionFile } from '../projection-file.js'
import { applyBatch } from './apply-batch.js'
import { createTables } from './create-tables.js'
import type { Batch, BatchOutcome, OpenRequest } from './protocol.js'
import { readTablesLine } from './tables-line.js'

/** The analyst's file, as it was imported from this URL. */
export interface ImportedFile {
  url: string
  exports: ProjectionFile
}

/** Its process leaves the connection to its own end. */
export interface OpenGeneration extends AsyncDisposable {
  apply(batch: Batch): Promise<BatchOutcome>
}

const STATEMENT_TIMEOUT_MS = 30_000
/** Ends the transaction of an `apply` that does nothing, also where the server that would kill it has gone. */
const IDLE_TIMEOUT_MS = 60_000

/** Connects to the database, and creates the generation's tables where they are missing. */
export async function openGeneration(
  { url, exports }: ImportedFile,
  { url: connectionString, name, generation }: OpenRequest,
): Promise<OpenGeneration> {
  const client = new Client({
    connectionString,
    application_name: `parley-analytics ${name}`,
    connectionTimeoutMillis: 10_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: STATEMENT_TIMEOUT_MS / 2,
    idle_in_transaction_session_timeout: IDLE_TIMEOUT_MS,
  })
  client.on('error', () => undefined) // a connection that is lost makes the next statement fail
  await client.connect()
  // Postgres notices within a second that this process has gone, also in the middle of a statement.
  await client.query(`set timezone to 'UTC'; set client_connection_check_interval to '1s'`)
  await createTables(client, exports.tables, name, generation).catch(async (error: unknown) => {
    await client.end()
    throw readTablesLine(error, exports.tables, url)
  })
  return {
    apply: (batch) =>
      applyBatch(client, exports, { name, generation }, batch).catch(async (error: unknown) => {
        await client.query('rollback').catch(() => undefined)
        throw error
      }),
    [Symbol.asyncDispose]: () => client.end(),
  }
}
