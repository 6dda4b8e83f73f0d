import type { Pool } from 'pg'
import type { RecordedEvent } from '../event-log.js'

/** Positions have no gaps, so the last one is the number of events. */
const INSERT = `
  insert into events ("position", stream, version, id, type, data, metadata)
  select $2::bigint + n, stream, version, id, type, data, metadata
  from rows from (json_to_recordset($1) as (stream text, version int, id uuid, type text, data text, metadata text))
    with ordinality as given(stream, version, id, type, data, metadata, n)
  where (select coalesce(max("position"), 0) from events) = $2::bigint`

/** Adds events of another log after the first `count`: all, or none. @throws Error where the table has another number of events */
export async function insertCopies(pool: Pool, count: number, events: readonly RecordedEvent[]): Promise<void> {
  const rows = events.map(({ stream, version, id, type, data, metadata }) => ({
    stream,
    version,
    id,
    type,
    data,
    metadata,
  }))
  const { rowCount } = await pool.query({ name: 'insert-copies', text: INSERT, values: [JSON.stringify(rows), count] })
  if (rowCount !== events.length)
    throw new Error(`the table of events does not have ${count} rows: somebody else writes to it`)
}
