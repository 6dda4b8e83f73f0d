import { chatStream } from '../../../src/domain/streams.js'
import type { Answer, Node, TestUser, TestApp } from '../../support/test-app.js'

/** A chat of a test's own, and what is asked about it. */
export interface Club {
  id: string
  /** `path` is what comes after `/chats/:id`. */
  call(who: TestUser, method: string, path: string, body?: unknown, headers?: object): Promise<Answer>
  /** Of its own stream. */
  eventTypes(): Promise<string[]>
}

type Caller = Pick<TestApp | Node, 'app' | 'call'>

/** Whoever creates it owns it. */
export async function createClub(
  parley: Caller,
  owner: TestUser,
  others: TestUser[],
  chat: object = {},
): Promise<Club> {
  const isDirect = 'type' in chat && chat.type === 'direct'
  const created = await parley.call('POST', '/chats', {
    token: owner.token,
    body: {
      participantIds: others.map(({ id }) => id),
      ...(isDirect ? {} : { name: 'Garden' }),
      type: 'group',
      ...chat,
    },
  })
  return clubOf(parley, (created.body as { id: string }).id)
}

/** Whoever reads sees what anybody wrote before through the same club. */
export function clubOf(parley: Caller, id: string): Club {
  let position: string | null = null
  return {
    id,
    async call(who, method, path, body, headers = {}) {
      const answer = await parley.call(method, `/chats/${id}${path}`, {
        token: who.token,
        headers: { ...(position !== null && { 'parley-position': position }), ...headers },
        ...(body === undefined ? {} : { body }),
      })
      position = answer.headers.get('parley-position') ?? position
      return answer
    },
    async eventTypes() {
      const events = await parley.app.core.log.readStream(chatStream(id), { limit: 1_000 })
      return events.map(({ type }) => type)
    },
  }
}
