import type { ConversationQueries } from '../../src/projections/conversations/conversation-queries.js'
import type { MessageView } from '../../src/projections/conversations/views.js'
import type { ChatSnapshot, Part } from '../support/client-model.js'

/** All that someone sees of a chat, page by page from the latest back; null for an outsider. */
export async function historyOf(
  queries: ConversationQueries,
  chatId: string,
  viewer: string,
  limit: number,
): Promise<Part<MessageView[]> | null> {
  const all: MessageView[] = []
  let version = Infinity
  for (let before: number | null = null; ;) {
    const page = await queries.messages(chatId, viewer, before === null ? { latest: true } : { before }, limit)
    if (page === null) return null
    const { messages, older } = page.answer
    all.unshift(...messages)
    version = Math.min(version, page.version)
    if (!older) return { version, answer: all }
    before = messages[0]!.seq
  }
}

/** Each part as its node answers it; null where one of them does not take the viewer for a participant. */
export async function snapshotOf(
  queries: ConversationQueries,
  chatId: string,
  viewer: string,
  { participantsAt = queries, messagesAt = queries, pinsAt = queries, limit = 200 } = {},
): Promise<ChatSnapshot | null> {
  const chat = await queries.chat(chatId, viewer)
  const participants = await participantsAt.participants(chatId, viewer, 200, null)
  const messages = await historyOf(messagesAt, chatId, viewer, limit)
  const pins = await pinsAt.pins(chatId, viewer, 100, null)
  if (chat === null || participants === null || messages === null || pins === null) return null
  return {
    chat,
    participants: { ...participants, answer: participants.answer.items },
    messages,
    pins: { ...pins, answer: pins.answer.items.map(({ message }) => message.id) },
  }
}
