import type { Api } from '../rest/api.js'
import type { FetchEvents } from './fill-gap.js'
import type { ChatEvent } from './server-events.js'

const PAGE = 200

/** Reads pages of `GET /chats/:id/events`. */
export const fetchEventsWith =
  (api: Pick<Api, 'get'>): FetchEvents =>
  async (chatId, after, signal) => {
    const page = await api.get('/chats/{id}/events', {
      path: { id: chatId },
      query: { after, limit: PAGE },
      ...(signal && { signal }),
    })
    return { events: page.body as ChatEvent[], version: page.chatVersion ?? after, hasMore: page.next !== null }
  }
