import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { AccountRole } from '../../../src/domain/roles/events.js'
import type { Access } from '../../../src/identity/access.js'
import { eventually } from '../../support/eventually.js'
import { uuid } from '../../support/uuid.js'
import type { Row } from './rows.js'
import type { Answer, TestUser, TestApp } from '../../support/test-app.js'

/** Everyone whom the table of access tells apart. */
export const everyone = [
  'no token',
  'outsider',
  'removed participant',
  'auditor',
  'analyst',
  'admin',
  'participant',
  'chat admin',
  'bot',
  'bot, chat not bound',
] as const
export type Who = (typeof everyone)[number]
export type WithToken = Exclude<Who, 'no token'>
export type Bot = Extract<Who, `bot${string}`>
export const isBot = (who: Who): who is Bot => who.startsWith('bot')

/** The people who are not in the chat, whatever else they may do: to them it must look like none. */
export const outsiders = everyone.filter(
  (who): who is Exclude<WithToken, Bot> => !['no token', 'participant', 'chat admin'].includes(who) && !isBot(who),
)

const inside: readonly Who[] = ['participant', 'chat admin', 'bot']

const mayUse: Record<Access, (who: Who) => boolean> = {
  anyone: () => true,
  either: () => true, // with a body, as all here send
  user: (who) => who !== 'no token',
  participant: (who) => inside.includes(who),
  author: (who) => who === 'participant',
  'open-chat': (who) => inside.includes(who), // of a chat that is not open, as all here are
  'chat-admin': (who) => who === 'chat admin',
  auditor: (who) => who === 'auditor' || who === 'admin',
  analyst: (who) => who === 'analyst' || who === 'admin',
  admin: (who) => who === 'admin',
}

/** What they come to: `in`, or refused with this code. A chat's reads and its commands are refused to outsiders in two ways. */
export function verdict(access: Access, who: Who, isRead: boolean): string {
  if (mayUse[access](who)) return 'in'
  if (who === 'no token') return 'token-missing'
  const isOfChat = ['participant', 'author', 'chat-admin', 'open-chat'].includes(access)
  return isOfChat && isRead && !inside.includes(who) ? 'chat-not-found' : 'not-authorized'
}

/** The same of a route, which says more of bots. */
export function verdictOf({ access, bots, method }: Pick<Row, 'access' | 'bots'> & Partial<Row>, who: Who): string {
  if (isBot(who) && bots !== 'bound') return bots === 'admitted' ? 'in' : 'not-for-bots'
  return verdict(access, who, method === 'GET')
}

/** The bot takes part in each chat, with a token that is bound to it and with one that is not. */
export type People = Record<Exclude<WithToken, Bot>, TestUser> &
  Record<Bot, Pick<TestUser, 'id' | 'token'>> & {
    /** Takes part in each chat, and does nothing. */
    bystander: TestUser
  }

export async function registerPeople(parley: TestApp): Promise<People> {
  const withRole = (role: AccountRole): Promise<TestUser> => parley.withRoles(role, role)
  const owner = await parley.register('owner')
  const made = await parley.call('POST', '/bots', { token: owner.token, body: { name: 'Bot' } })
  const { id: botId } = made.body as { id: string }
  return {
    bot: { id: botId, token: '' },
    'bot, chat not bound': { id: botId, token: (await makeToken(parley, owner, botId, uuid('elsewhere'))).token },
    outsider: await parley.register('outsider'),
    'removed participant': await parley.register('removed'),
    participant: await parley.register('participant'),
    'chat admin': owner,
    bystander: await parley.register('bystander'),
    auditor: await withRole('auditor'),
    analyst: await withRole('analyst'),
    admin: await withRole('admin'),
  }
}

async function makeToken(parley: TestApp, owner: { token: string }, botId: string, chatId: string) {
  const { body } = await parley.call('POST', `/bots/${botId}/tokens`, {
    token: owner.token,
    body: { chatIds: [chatId] },
  })
  return body as { id: string; token: string }
}

/** What a request may be about. */
export interface World {
  people: People
  chatId: string
  /** The participant's. */
  messageId: string
}

/** A chat of its own for each row of the table, so that no row meets what another one did. */
export async function openChat(parley: TestApp, people: People): Promise<World & AsyncDisposable> {
  const owner = people['chat admin']
  const { token } = owner
  const others = [people.participant, people.bystander, people['removed participant']]
  /** Repeated as a client repeats it: on a busy machine the read model may be behind. */
  const done = (method: string, path: string, request: Parameters<TestApp['call']>[2]): Promise<Answer> => {
    const headers = { 'idempotency-key': randomUUID(), ...request?.headers }
    return eventually(async () => {
      const answer = await parley.call(method, path, { ...request, headers })
      expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).to.be.below(300)
      return answer
    })
  }
  const created = await done('POST', '/chats', {
    token,
    body: { participantIds: others.map(({ id }) => id), name: 'Board' },
  })
  const { id: chatId } = created.body as { id: string }
  const role = 'admin' // which makes no more of a bot than its token does
  await done('POST', `/chats/${chatId}/participants`, { token, body: { userId: people.bot.id, role } })
  const sent = await done('POST', `/chats/${chatId}/messages`, {
    token: people.participant.token,
    body: { content: 'hello' },
  })
  const { id: messageId } = sent.body as { id: string }
  const gone = people['removed participant']
  const { headers } = await done('DELETE', `/chats/${chatId}/participants/${gone.id}`, { token })
  const position = headers.get('parley-position') ?? ''
  await done('GET', `/chats/${chatId}`, { token, headers: { 'parley-position': position } })
  const bound = await makeToken(parley, owner, people.bot.id, chatId)
  return {
    people: { ...people, bot: { id: people.bot.id, token: bound.token } },
    chatId,
    messageId,
    async [Symbol.asyncDispose]() {
      await parley.call('DELETE', `/bots/${people.bot.id}/tokens/${bound.id}`, { token })
    },
  }
}
