import { chatsOf } from '../memberships/chats-of.js'
import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'

/** The chats that a legal hold is on. */
export const holdsPart = {
  tables: ['chat_holds'],
  schema: (table: TableName): string => `create table ${table('chat_holds')} (chat_id uuid primary key);`,
  apply: {
    async ChatHoldPlaced({ chatId }: Placed<'ChatHoldPlaced'>, { tx, table }: ApplyContext) {
      await tx.query(`insert into ${table('chat_holds')} (chat_id) values ($1) on conflict do nothing`, [chatId])
    },
    async ChatHoldEnded({ chatId }: Placed<'ChatHoldEnded'>, { tx, table }: ApplyContext) {
      await tx.query(`delete from ${table('chat_holds')} where chat_id = $1`, [chatId])
    },
  },
} satisfies Part

export const holdQueries = ({ pool, table }: QueryContext) => ({
  /** Whether a hold is on a chat in which the user takes part or ever did. */
  async isInHeldChat(userId: string): Promise<boolean> {
    const text = `select from ${table('chat_holds')} where chat_id = any(array(${chatsOf(table)})) limit 1`
    const { rowCount } = await pool.query(text, [userId])
    return rowCount === 1
  },
})
