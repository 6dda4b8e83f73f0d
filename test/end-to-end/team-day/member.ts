import { expect } from 'chai'
import type { MessageView, ParticipantView } from '../../../src/projections/conversations/views.js'
import { createChatClient, type ChatClient } from '../../support/chat-client.js'
import type { ChatSnapshot, Part } from '../../support/client-model.js'
import type { Answer, Node, TestUser } from '../../support/test-app.js'

/** One of the team, with a client of their own. */
export interface Member extends TestUser {
  name: string
  /** Which of the two nodes they talk to. */
  at: 0 | 1
  client: ChatClient
  /** Must succeed; gives the answer's body. */
  do<Body = { id: string }>(method: string, path: string, body?: unknown): Promise<Body>
  /** Must be refused; gives the code. */
  refused(method: string, path: string, body?: unknown): Promise<string>
  /** As of everything that is in the log, whichever node has to answer. */
  get<Body>(path: string): Promise<Body>
  /** On the member's socket; must be acknowledged. */
  emit<Body = object>(event: string, payload: object): Promise<Body>
  comeIn(at?: 0 | 1): Promise<void>
  /** Null for who is not in the chat. */
  snapshot(chatId: string): Promise<ChatSnapshot | null>
}

export function createMember(user: TestUser, name: string, index: number, nodes: () => readonly Node[]): Member {
  const call = (method: string, path: string, body?: unknown, headers: object = {}): Promise<Answer> =>
    nodes()[member.at]!.call(method, path, { token: user.token, ...(body === undefined ? {} : { body }), headers })

  const fresh = async (path: string): Promise<Answer> =>
    call('GET', path, undefined, { 'parley-position': await nodes()[member.at]!.app.core.log.head() })

  /** All pages of a list, as of the oldest of them. */
  async function whole<Item>(path: string, query = '?limit=200'): Promise<Part<Item[]> | null> {
    const items: Item[] = []
    let version = Infinity
    for (let next: string | undefined = path + query; next !== undefined;) {
      const { status, body, headers }: Answer = await fresh(next)
      if (status === 404) return null
      expect(status, next).to.equal(200)
      items.push(...(body as Item[]))
      version = Math.min(version, Number(headers.get('parley-chat-version')))
      next = /<([^>]+)>; rel="(?:next|prev)"/.exec(headers.get('link') ?? '')?.[1]
    }
    return { version, answer: items }
  }

  const member: Member = {
    ...user,
    name,
    at: index % 2 === 0 ? 0 : 1,
    async do<Body>(method: string, path: string, body?: unknown) {
      const answer = await call(method, path, body)
      expect(answer.status, `${name}: ${method} ${path} ${JSON.stringify(answer.body)}`).to.be.within(200, 299)
      return answer.body as Body
    },
    async refused(method, path, body) {
      const answer = method === 'GET' ? await fresh(path) : await call(method, path, body)
      expect(answer.status, `${name}: ${method} ${path}`).to.be.within(400, 499)
      return (answer.body as { code: string }).code
    },
    async get<Body>(path: string) {
      const answer = await fresh(path)
      expect(answer.status, `${name}: GET ${path} ${JSON.stringify(answer.body)}`).to.equal(200)
      return answer.body as Body
    },
    async emit<Body>(event: string, payload: object) {
      const ack = (await member.client.socket().timeout(30_000).emitWithAck(event, payload)) as { ok: boolean }
      expect(ack, `${name}: ${event}`).to.include({ ok: true })
      return ack as Body
    },
    comeIn(at = member.at) {
      member.at = at
      return member.client.connect(nodes()[at]!.app.url)
    },
    async snapshot(chatId) {
      const chat = await fresh(`/chats/${chatId}`)
      const [participants, messages, pins] = await Promise.all([
        whole<ParticipantView>(`/chats/${chatId}/participants`),
        whole<MessageView>(`/chats/${chatId}/messages`),
        whole<{ message: { id: string } }>(`/chats/${chatId}/pins`, ''),
      ])
      if (chat.status === 404 || participants === null || messages === null || pins === null) return null
      const version = Number(chat.headers.get('parley-chat-version'))
      return {
        chat: { version, answer: chat.body as ChatSnapshot['chat']['answer'] },
        participants,
        messages: { ...messages, answer: messages.answer.toSorted((a, b) => a.seq - b.seq) },
        pins: { ...pins, answer: pins.answer.map(({ message }) => message.id) },
      }
    },
    client: createChatClient({
      userId: user.id,
      token: () => user.token,
      fetch: (chatId) => member.snapshot(chatId),
    }),
  }
  return member
}
