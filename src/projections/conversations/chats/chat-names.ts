import type { TableName } from '../../engine/projection.js'
import { indexName, nameIndexSchema, removeName } from '../name-index.js'
import { chatsOf } from '../memberships/chats-of.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/** The words of the names of all chats, by which auditors find them. A chat without a name has no row. */
export const chatNamesPart = {
  tables: ['chat_names'],
  schema: (table: TableName): string => nameIndexSchema(table('chat_names')),
  apply: {
    ChatCreated: ({ chatId, event: { name } }: Placed<'ChatCreated'>, context: ApplyContext) =>
      indexChatName(chatId, name, context),
    async ChatChanged({ chatId, event }: Placed<'ChatChanged'>, context: ApplyContext) {
      if ('name' in event) await indexChatName(chatId, event.name, context)
    },
    UserErased: removeNames,
  },
} satisfies Part

async function indexChatName(
  chatId: string,
  name: string | null | undefined,
  { tx, table }: ApplyContext,
): Promise<void> {
  if (name === null || name === undefined) await removeName(table('chat_names'), chatId, { tx })
  else await indexName(table('chat_names'), chatId, name, { tx })
}

/** The names that the user gave. */
async function removeNames({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `delete from ${table('chat_names')} where owner_id in (
    select id from ${table('chats')} where id in (${chatsOf(table)}) and named_by = $1)`
  await tx.query(text, [event.userId])
}
