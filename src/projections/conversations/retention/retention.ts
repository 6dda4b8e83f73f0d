import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'

/** How long each chat keeps its messages, and the months whose keys are destroyed. */
export const retentionPart = {
  tables: ['expired_months'],
  schema: (table: TableName): string => `
    create table ${table('expired_months')} (
      chat_id uuid not null,
      month text not null,
      primary key (chat_id, month)
    );`,
  apply: {
    async ChatRetentionChanged(
      { event, chatId }: Placed<'ChatRetentionChanged'>,
      { tx, table }: ApplyContext,
    ): Promise<void> {
      await tx.query(`update ${table('chats')} set retention_days = $2 where id = $1`, [chatId, event.days])
    },
    async MessagesExpired({ event, chatId }: Placed<'MessagesExpired'>, { tx, table }: ApplyContext): Promise<void> {
      await tx.query(
        `insert into ${table('expired_months')} (chat_id, month) select $1, * from unnest($2::text[]) on conflict do nothing`,
        [chatId, event.months],
      )
    },
  },
} satisfies Part

/** Months of a chat that are past its retention as a whole. */
export interface ExpiredMonths {
  months: string[]
  /** Every message with a lower seq is in such a month, or in one that is erased already. */
  beforeSeq: number
}

export const retentionQueries = ({ pool, table }: QueryContext) => ({
  /** In days; null where messages are kept for ever. */
  async retentionOf(chatId: string): Promise<number | null> {
    const text = `select retention_days from ${table('chats')} where id = $1`
    const { rows } = await pool.query<{ retention_days: number | null }>(text, [chatId])
    return rows[0]?.retention_days ?? null
  },

  /** Months with messages that end at `before` or earlier, and are not erased yet. `before` is the start of a month. */
  async expiredMonths(chatId: string, before: Date): Promise<ExpiredMonths> {
    const { rows } = await pool.query<ExpiredMonths>(
      `select
         array(select distinct ${monthOf('created_at')} as month from ${table('messages')}
               where chat_id = c.id and created_at < $2
                 and ${monthOf('created_at')} <> all (array(select month from ${table('expired_months')} where chat_id = c.id))
               order by month) as months,
         coalesce((select min(seq) from ${table('messages')} where chat_id = c.id and created_at >= $2),
           c.last_seq + 1) as "beforeSeq"
       from ${table('chats')} c where c.id = $1`,
      [chatId, before.toISOString()],
    )
    return rows[0] ?? { months: [], beforeSeq: 1 }
  },

  /** Whether any of these users takes part in the chat or ever did. */
  async hasEverHad(chatId: string, userIds: readonly string[]): Promise<boolean> {
    const text = `select from ${table('memberships')} where chat_id = $1 and user_id = any($2::uuid[]) limit 1`
    return (await pool.query(text, [chatId, userIds])).rowCount === 1
  },
})

const monthOf = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM')`

/** Whether the time is in one of the months of the parameter $2. */
export const isInMonths = (column: string): string => `${monthOf(column)} = any($2::text[])`
