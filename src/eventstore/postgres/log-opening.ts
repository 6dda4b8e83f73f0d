import type pg from 'pg'
import { LOG_STREAM, type LogOpening } from '../log-id.js'
import { APPEND } from './append-connection.js'
import { callOf } from './append-queue.js'

export const createLogOpening = (pool: pg.Pool): LogOpening => ({
  async readNaming() {
    const naming = `select data from events where stream = $1 and (data::json ->> 'logId' is not null or version = 1)
      order by version desc limit 1`
    const [row] = (await pool.query<{ data: string }>(naming, [LOG_STREAM])).rows
    return row?.data ?? null
  },
  append(event) {
    return pool.query(APPEND, [...callOf([{ stream: LOG_STREAM, expected: 0, events: [event] }])])
  },
})
