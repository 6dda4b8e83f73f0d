import type { Pool } from 'pg'
import type { Position } from '../eventstore/event-log.js'

/** Where a follower stands that does something outside of read models. All nodes share it; to examine something again does no harm. */
export interface FollowerPosition {
  /** `otherwise` where it never stood, which is then where it stands. */
  read(otherwise: Position): Promise<Position>
  write(position: Position): Promise<void>
}

export const createFollowerPosition = (pool: Pool, name: string): FollowerPosition => ({
  async read(otherwise) {
    const text = 'insert into followers (name, position) values ($1, $2) on conflict (name) do nothing'
    await pool.query(text, [name, otherwise])
    const { rows } = await pool.query<{ position: string }>('select position from followers where name = $1', [name])
    return rows[0]?.position ?? otherwise
  },
  async write(position) {
    await pool.query('update followers set position = $2 where name = $1', [name, position])
  },
})
