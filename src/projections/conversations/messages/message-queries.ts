import type { QueryContext } from '../query-context.js'
import type { AtVersion, Cursor, MessageList, MessagePage, Paged } from '../query-results.js'
import type { EditView, MessageView, PinView, ReactionView } from '../views.js'
import { isVisible, ownChat } from '../visibility/visible-spans.js'
import { editPage } from './edits.js'
import { messagePage } from './message-page.js'
import { MESSAGE_COLUMNS, messageSender, toMessage, type MessageRow } from './message-view.js'
import { visiblePins } from './pins.js'
import { visibleReactions } from './reactions.js'
import { quotedIfVisible } from './replies.js'

export function messageQueries(context: QueryContext) {
  const { pool, table } = context
  return {
    /** Ascending by seq; a page ends before it passes 1 MiB of JSON. */
    messages: (
      chatId: string,
      viewer: string,
      page: MessagePage,
      limit: number,
    ): Promise<AtVersion<MessageList> | null> => messagePage(context, chatId, viewer, page, limit),

    /** Null also for a message that the viewer may not see. */
    async message(chatId: string, messageId: string, viewer: string): Promise<AtVersion<MessageView> | null> {
      const { rows } = await pool.query<MessageRow & { chat_version: number }>({
        name: `one ${table('messages')}`,
        text: `select c.version as chat_version, ${MESSAGE_COLUMNS} from ${ownChat(table)}
          join ${table('messages')} m on m.chat_id = c.id and m.id = $3 and ${isVisible(table, 'm.sent_version')}
          ${messageSender(table)} ${quotedIfVisible(table)}`,
        values: [chatId, viewer, messageId],
      })
      const [row] = rows
      return row === undefined ? null : { version: row.chat_version, answer: toMessage(row, chatId, context) }
    },

    /** All texts that a message has had, oldest first, the present one last; null where the viewer may not see it. */
    edits: (
      chatId: string,
      messageId: string,
      viewer: string,
      limit: number,
      after: Cursor | null,
    ): Promise<AtVersion<Paged<EditView>> | null> => editPage(context, { chatId, messageId, viewer }, limit, after),

    /** Who reacted, at most 100 for each emoji; null where the viewer may not see the message. */
    reactions: (chatId: string, messageId: string, viewer: string): Promise<AtVersion<ReactionView[]> | null> =>
      visibleReactions(context, { chatId, messageId, viewer }),

    /** The last pinned first. */
    pins: (
      chatId: string,
      viewer: string,
      limit: number,
      after: Cursor | null,
    ): Promise<AtVersion<Paged<PinView>> | null> => visiblePins(context, chatId, viewer, limit, after),
  }
}
