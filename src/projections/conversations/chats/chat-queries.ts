import { participantsAfter, toParticipant, type ParticipantRow } from '../memberships/participant-columns.js'
import type { QueryContext } from '../query-context.js'
import type { AtVersion, Cursor, Paged } from '../query-results.js'
import type { ChatView, FoundChatView, ListedChatView, ParticipantView, SharedChatView } from '../views.js'
import { ownChat } from '../visibility/visible-spans.js'
import { ownColumns, toChat, type OwnChatRow } from './chat-columns.js'
import { chatList } from './chat-list.js'
import { findChats, type ChatSearch } from './find-chats.js'
import { openChats } from './open-chats.js'

const FIRST_PARTICIPANTS = 50

export function chatQueries(context: QueryContext) {
  const { pool, table } = context
  return {
    /** With its first participants; null for an outsider. */
    async chat(
      chatId: string,
      viewer: string,
    ): Promise<AtVersion<ChatView & { participants: ParticipantView[] }> | null> {
      const { rows } = await pool.query<OwnChatRow & { participants: ParticipantRow[] }>({
        name: `own ${table('chats')}`,
        text: `select ${ownColumns(table)}, ${participantsAfter(table, '0', '-1', '$3')} as participants from ${ownChat(table)}`,
        values: [chatId, viewer, FIRST_PARTICIPANTS],
      })
      const [row] = rows
      if (row === undefined) return null
      return { version: row.version, answer: { ...toChat(row), participants: row.participants.map(toParticipant) } }
    },

    /** Latest activity first; those that are hidden only where they are asked for, and then no others. */
    chats: (viewer: string, limit: number, after: Cursor | null, hidden = false): Promise<Paged<ListedChatView>> =>
      chatList(context, viewer, { limit, after, hidden }),

    /** Of all chats, also those that nobody may join; for auditors. */
    findChats: (search: ChatSearch): Promise<Paged<FoundChatView>> => findChats(context, search),

    /** Chats that the viewer may join; by words of their names, all where `query` is null. */
    openChats: (
      viewer: string,
      query: string | null,
      limit: number,
      after: Cursor | null,
    ): Promise<Paged<SharedChatView>> => openChats(context, viewer, { query, limit, after }),
  }
}
