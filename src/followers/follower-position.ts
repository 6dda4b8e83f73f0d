import type { Pool } from 'pg'
import { UnknownPositionError, type EventLog, type Position } from '../eventstore/event-log.js'

/** Up to where a follower with effects outside of read models has handled the log. Shared by all nodes; handling an event again is harmless. */
export interface FollowerPosition {
  /** Where nothing is stored yet, `initial` is stored and returned. */
  read(initial: Position): Promise<Position>
  write(position: Position): Promise<void>
}

export const createFollowerPosition = (pool: Pool, name: string): FollowerPosition => ({
  async read(initial) {
    const text = 'insert into followers (name, position) values ($1, $2) on conflict (name) do nothing'
    await pool.query(text, [name, initial])
    const { rows } = await pool.query<{ position: string }>('select position from followers where name = $1', [name])
    return rows[0]?.position ?? initial
  },
  async write(position) {
    await pool.query('update followers set position = $2 where name = $1', [name, position])
  },
})

/** `stored` where it is a position of this log, else `fallback`. */
export function positionInLog(log: Pick<EventLog, 'comparePositions'>, stored: Position, fallback: Position): Position {
  try {
    log.comparePositions(stored, fallback)
    return stored
  } catch (error) {
    if (error instanceof UnknownPositionError) return fallback
    throw error
  }
}
