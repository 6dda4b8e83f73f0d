import type pg from 'pg'
import type { ReadStreamOptions, RecordedEvent } from '../event-log.js'
import type { Positions } from '../positions.js'
import type { Entry } from '../window.js'
import { withTimeout } from '../../async/with-timeout.js'

export interface EventTable {
  readStream(stream: string, options: ReadStreamOptions): Promise<RecordedEvent[]>
  /** The log above `after`, in order. */
  readAll(after: number, limit: number): Promise<Entry[]>
  /** The last position, 0 for an empty log. */
  head(): Promise<number>
}

interface Row extends Omit<RecordedEvent, 'position'> {
  /** A bigint, which `pg` hands out as text. */
  position: string
}

const COLUMNS = '"position", stream, version, id, type, data, metadata'
const FORWARDS = `select ${COLUMNS} from events where stream = $1 and version > $2 order by version limit $3`
const BACKWARDS = `select ${COLUMNS} from events where stream = $1 and version < $2 order by version desc limit $3`
const WHOLE_LOG = `select ${COLUMNS} from events where "position" > $1 order by "position" limit $2`
const HEAD = `select coalesce(max("position"), 0) as "position" from events`
/** Above every version, within what the column can hold. */
const PAST_THE_END = 2_147_483_647

/** The reads, each prepared once per connection, and given up after `timeoutMs`. */
export function createEventTable(pool: pg.Pool, positions: Positions, timeoutMs: number): EventTable {
  async function select<Result>(name: string, text: string, values: (string | number)[]): Promise<Result[]> {
    const query = { name, text, values, query_timeout: timeoutMs }
    return (await withTimeout(timeoutMs, pool.query(query))).rows as Result[]
  }

  function toEntry(row: Row): Entry {
    const at = Number(row.position)
    const { stream, version, id, type, data, metadata } = row
    return { at, event: { stream, version, position: positions.format(at), id, type, data, metadata } }
  }

  return {
    async readStream(stream, { after, backwards = false, limit }) {
      const rows = backwards
        ? await select<Row>('events-backwards', BACKWARDS, [stream, after ?? PAST_THE_END, limit])
        : await select<Row>('events-forwards', FORWARDS, [stream, after ?? 0, limit])
      return rows.map((row) => toEntry(row).event)
    },
    readAll: async (after, limit) => (await select<Row>('events-after', WHOLE_LOG, [after, limit])).map(toEntry),
    async head() {
      const [last] = await select<{ position: string }>('events-head', HEAD, [])
      return Number(last?.position)
    },
  }
}
