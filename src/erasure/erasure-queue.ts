import type { Pool } from 'pg'

/** Erasures that were requested and are not complete, shared by all nodes. */
export interface ErasureQueue {
  /** One that is queued already stays as it is. */
  add(userIds: readonly string[]): Promise<void>
  /** Those that are due, for this node alone until their lease ends. */
  claim(limit: number): Promise<string[]>
  /** Due again after so many seconds, instead of at the end of the lease. */
  postpone(userId: string, seconds: number): Promise<void>
  /** Also those that a node works on: another that takes one repeats its steps, which does no harm. */
  makeAllDue(): Promise<void>
  remove(userId: string): Promise<void>
}

/** As long as an erasure may take; a second node that takes it over repeats its steps, which does no harm. */
const LEASE = '5 minutes'

export const createErasureQueue = (pool: Pool): ErasureQueue => ({
  async add(userIds) {
    await pool.query('insert into erasures (user_id) select * from unnest($1::uuid[]) on conflict do nothing', [
      userIds,
    ])
  },
  async claim(limit) {
    const { rows } = await pool.query<{ userId: string }>(
      `with due as (
         select user_id from erasures where due_at <= now() order by due_at limit $1 for update skip locked
       )
       update erasures e set due_at = now() + interval '${LEASE}' from due where e.user_id = due.user_id
       returning e.user_id as "userId"`,
      [limit],
    )
    return rows.map(({ userId }) => userId)
  },
  async postpone(userId, seconds) {
    await pool.query('update erasures set due_at = now() + make_interval(secs => $2) where user_id = $1', [
      userId,
      seconds,
    ])
  },
  async makeAllDue() {
    await pool.query('update erasures set due_at = now()')
  },
  async remove(userId) {
    await pool.query('delete from erasures where user_id = $1', [userId])
  },
})
