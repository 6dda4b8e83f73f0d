import type { ClientBase } from 'pg'
import { inSnapshot } from '../../../postgres/transaction.js'
import { messageBytesAtMost } from '../messages/message-bytes.js'
import { toMessage } from '../messages/message-view.js'
import { renderPage } from '../messages/render-page.js'
import type { QueryContext } from '../query-context.js'
import type { Cursor, Paged } from '../query-results.js'
import type { FoundMessage, SearchRequest } from '../views.js'
import { highlight } from './highlight.js'
import { nearChatWords } from './near-chat-words.js'
import { parseSearchCursor, searchCursor } from './search-cursor.js'
import { findHits, type ChatTerms, type Hit } from './search-hits.js'
import { mistypable, parseSearch, withNear, type Term } from './search-query.js'

export const searchQueries = (context: QueryContext) => ({
  /**
   * Messages that the viewer may see and that hold what the query asks for, and below them those that do but for a slip; null where `chatId`
   * is not a chat of theirs. Everything is looked up in the viewer's chats alone: nothing in an answer, nor the work for it, depends on
   * messages elsewhere.
   */
  search: (
    viewer: string,
    request: SearchRequest,
    limit: number,
    after: Cursor | null,
  ): Promise<Paged<FoundMessage> | null> =>
    inSnapshot(context.pool, async (tx) => {
      const chats = await chatsToSearch(tx, context, viewer, request.chatId)
      if (chats.length === 0 && request.chatId !== null) return null
      const asked = parseSearch(request.query)
      if (chats.length === 0 || asked.length === 0) return { items: [], next: null }
      const hits = await allHits(tx, context, { viewer, chats, asked, request, limit, after })
      return page(hits, limit, context)
    }),
})

async function chatsToSearch(tx: ClientBase, { table }: QueryContext, viewer: string, chatId: string | null) {
  const { rows } = await tx.query<{ chat_id: string }>({
    name: `chats ${table('search_texts')}`,
    text: `select chat_id from ${table('memberships')}
           where user_id = $1 and to_version is null and ($2::uuid is null or chat_id = $2)
           order by joined_at desc, chat_id`,
    values: [viewer, chatId],
  })
  return rows.map(({ chat_id }) => chat_id)
}

interface Asked {
  viewer: string
  /** Last joined first. */
  chats: readonly string[]
  asked: Term[]
  request: SearchRequest
  limit: number
  after: Cursor | null
}

/** One more than asked for, to know whether there are more. What is near is only looked for where the page has room for it. */
async function allHits(tx: ClientBase, context: QueryContext, { viewer, chats, asked, request, limit, after }: Asked) {
  const start = after === null ? null : parseSearchCursor(after)
  const look = (inChats: readonly ChatTerms[], isNear: boolean, most: number): Promise<Hit[]> => {
    const from = start?.isNear === isNear ? start : null
    return findHits(tx, context, { viewer, inChats, isNear, request, after: from, limit: most })
  }
  const everywhere = chats.map((chatId) => ({ chatId, terms: asked, instead: null }))
  const exact = start?.isNear === true ? [] : await look(everywhere, false, limit + 1)
  const room = limit + 1 - exact.length
  if (room === 0) return exact
  const byChat = await nearChatWords(tx, context.table, chats, mistypable(asked))
  const withNearWords = [...byChat].flatMap(([chatId, near]): ChatTerms[] => {
    const terms = withNear(asked, near)
    return terms === null ? [] : [{ chatId, terms, instead: asked }]
  })
  return [...exact, ...(withNearWords.length === 0 ? [] : await look(withNearWords, true, room))]
}

async function page(hits: readonly Hit[], limit: number, context: QueryContext): Promise<Paged<FoundMessage>> {
  const { views, to } = await renderPage(hits.slice(0, limit), 0, {
    view: ({ row, terms }): FoundMessage => ({
      message: toMessage(row, row.chat_id, context),
      highlight: highlight(row.content ?? '', terms),
    }),
    atMostBytes: ({ message }) => 4_000 + messageBytesAtMost(message),
  })
  const end = hits[to - 1]
  return { items: views, next: end !== undefined && to < hits.length ? searchCursor(end.place) : null }
}
