import type { Answer } from '../rest/api-types.js'
import type { Api } from '../rest/api.js'
import type { Message, Participant } from '../realtime/server-events.js'
import { sharedChat, type ChatSnapshot, type Part } from './snapshot.js'

export interface MessagePage extends Part<Message[]> {
  hasOlder: boolean
}

/** The latest messages, or those before `before`. */
export async function loadMessages(
  api: Pick<Api, 'get'>,
  chatId: string,
  query: { limit: number; before?: number },
): Promise<MessagePage> {
  const page = await api.get('/chats/{id}/messages', { path: { id: chatId }, query })
  return { ...part(page), hasOlder: page.previous !== null }
}

/** The chat, all its participants, its pins and its latest messages, each of the version of its answer. */
export async function loadChat(api: Pick<Api, 'get'>, chatId: string, limit: number): Promise<ChatSnapshot> {
  const path = { id: chatId }
  const [chat, participants, pins, { hasOlder, ...messages }] = await Promise.all([
    api.get('/chats/{id}', { path }),
    loadParticipants(api, chatId),
    api.get('/chats/{id}/pins', { path }),
    loadMessages(api, chatId, { limit }),
  ])
  return {
    chat: { ...part(chat), value: sharedChat(chat.body) },
    participants,
    messages,
    pinnedIds: { ...part(pins), value: pins.body.map(({ message }) => message.id) },
    hasOlder,
  }
}

/** Of the version of its first page: what happened since is applied to the others again, which changes nothing. */
async function loadParticipants(api: Pick<Api, 'get'>, chatId: string): Promise<Part<Participant[]>> {
  const value: Participant[] = []
  let version: number | null = null
  for (let after: string | null | undefined; after !== null;) {
    const query = { limit: 200, ...(after !== undefined && { after }) }
    const page: Answer<Participant[]> = await api.get('/chats/{id}/participants', { path: { id: chatId }, query })
    value.push(...page.body)
    version ??= page.chatVersion
    after = page.next?.get('after') ?? null
  }
  return { version: version ?? 0, value }
}

const part = <Value>({ body, chatVersion }: Answer<Value>): Part<Value> => ({ version: chatVersion ?? 0, value: body })
