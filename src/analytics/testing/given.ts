import { deepEqual } from 'node:assert/strict'
import type { Client } from 'pg'
import { withClient } from '../../postgres/with-client.js'
import { checkExports } from '../child/check-exports.js'
import { createSql } from '../child/sql.js'
import { findUnknownType } from '../events/unknown-event-type.js'
import type { ProjectionEvent, ProjectionFile } from '../projection-file.js'
import { testDatabaseUrl } from './test-postgres.js'

export { event } from './test-events.js'

type Row = Record<string, unknown>

export interface Given {
  /**
   * The rows of a query, once the projection has applied the events. They are applied twice, in one batch and one by one: both must give
   * the same rows.
   */
  rows(query: string): Promise<Row[]>
}

/** For tests of an analyst's projection: `given(projection, events).rows('select …')`, on a Postgres that this starts. */
export function given(projection: object, events: readonly ProjectionEvent[]): Given {
  const file = checkExports(projection)
  const unknown = findUnknownType(file.events)
  if (unknown !== null) throw new TypeError(unknown.message)
  const wanted = events.filter(({ type }) => file.events.includes(type))
  return {
    async rows(query) {
      const url = await testDatabaseUrl()
      const rowsAfter = (batches: ProjectionEvent[][]) =>
        withClient(url, (client) => applyAll(client, file, batches, query))
      const rows = await rowsAfter([wanted])
      const oneByOne = await rowsAfter(wanted.map((one) => [one]))
      deepEqual(oneByOne, rows, 'the rows depend on how the events are divided into batches')
      return rows
    },
  }
}

/** In temporary tables, which go with the connection. */
async function applyAll(
  client: Client,
  file: ProjectionFile,
  batches: ProjectionEvent[][],
  query: string,
): Promise<Row[]> {
  await client.query(`set timezone to 'UTC'; set search_path to pg_temp`)
  await client.query(file.tables)
  for (const batch of batches.filter(({ length }) => length > 0)) {
    await client.query('begin')
    await file.apply(batch, createSql(client))
    await client.query('commit')
  }
  return (await client.query<Row>(query)).rows
}
