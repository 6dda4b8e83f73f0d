import type { ClientBase, Pool } from 'pg'
import type { QueryContext } from '../query-context.js'
import type { MessageView } from '../views.js'
import { MESSAGE_COLUMNS, messageSender, toMessage, type MessageRow } from './message-view.js'
import { renderAll } from './render-page.js'
import { quotedForAll } from './replies.js'

/** Messages of one chat by id, the same for every reader. */
export async function messagesById(
  db: Pool | ClientBase,
  chatId: string,
  messageIds: readonly string[],
  context: Pick<QueryContext, 'table' | 'render' | 'clock'>,
): Promise<Map<string, MessageView>> {
  const { table } = context
  const { rows } = await db.query<MessageRow>({
    name: `some ${table('messages')}`,
    text: `select ${MESSAGE_COLUMNS} from ${table('chats')} c join ${table('messages')} m on m.chat_id = c.id
           ${messageSender(table)} ${quotedForAll(table)} where c.id = $1 and m.id = any($2::uuid[])`,
    values: [chatId, messageIds],
  })
  const messages = await renderAll(rows, (row) => toMessage(row, chatId, context))
  return new Map(messages.map((message) => [message.id, message]))
}
