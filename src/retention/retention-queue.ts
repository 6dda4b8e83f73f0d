import type { Pool } from 'pg'

/** The chats that do not keep their messages without end, shared by all nodes. */
export interface RetentionQueue {
  /** Due at once. */
  add(chatIds: readonly string[]): Promise<void>
  /** Those that are due, for this node alone until their lease ends. */
  claim(limit: number): Promise<string[]>
  /** Due again after so many seconds, instead of at the end of the lease. */
  postpone(chatId: string, seconds: number): Promise<void>
  /** Also those that a node works on: another that takes one repeats its steps, which does no harm. */
  makeAllDue(): Promise<void>
  remove(chatId: string): Promise<void>
}

/** As long as one chat may take. */
const LEASE_SECONDS = 300

/** By the clock of the application, which tells what is expired. */
export const createRetentionQueue = (pool: Pool, clock: () => Date): RetentionQueue => ({
  async add(chatIds) {
    await pool.query(
      `insert into chat_retentions (chat_id, due_at) select *, $2::timestamptz from unnest($1::uuid[])
       on conflict (chat_id) do update set due_at = excluded.due_at`,
      [chatIds, clock()],
    )
  },
  async claim(limit) {
    const { rows } = await pool.query<{ chatId: string }>(
      `with due as (
         select chat_id from chat_retentions where due_at <= $2 order by due_at limit $1 for update skip locked
       )
       update chat_retentions r set due_at = $2::timestamptz + make_interval(secs => ${LEASE_SECONDS})
       from due where r.chat_id = due.chat_id returning r.chat_id as "chatId"`,
      [limit, clock()],
    )
    return rows.map(({ chatId }) => chatId)
  },
  async postpone(chatId, seconds) {
    const text = 'update chat_retentions set due_at = $2::timestamptz + make_interval(secs => $3) where chat_id = $1'
    await pool.query(text, [chatId, clock(), seconds])
  },
  async makeAllDue() {
    await pool.query('update chat_retentions set due_at = $1', [clock()])
  },
  async remove(chatId) {
    await pool.query('delete from chat_retentions where chat_id = $1', [chatId])
  },
})
