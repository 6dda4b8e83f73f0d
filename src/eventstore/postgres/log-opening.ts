import type pg from 'pg'
import { LOG_STREAM, type LogOpening } from '../log-id.js'
import { APPEND } from './append-connection.js'
import { callOf, toAppend } from './append-queue.js'

export const createLogOpening = (pool: pg.Pool): LogOpening => ({
  async readFirst() {
    const first = 'select data from events where stream = $1 and version = 1'
    const [row] = (await pool.query<{ data: string }>(first, [LOG_STREAM])).rows
    return row?.data ?? null
  },
  append(event) {
    const { appends, events } = callOf([toAppend(LOG_STREAM, 0, [event])])
    return pool.query(APPEND, [appends, events])
  },
})
