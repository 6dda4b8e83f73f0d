import type { AccountRole } from '../../../src/domain/roles/events.js'
import type { Access } from '../../../src/identity/access.js'
import type { Person, TestApp } from '../../support/test-app.js'

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
] as const
export type Who = (typeof everyone)[number]
export type WithToken = Exclude<Who, 'no token'>

/** Who is not in the chat, whatever else they may do: to them it must look like none. */
export const outsiders = everyone.filter(
  (who): who is WithToken => !['no token', 'participant', 'chat admin'].includes(who),
)

const inside: readonly Who[] = ['participant', 'chat admin']

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

export type People = Record<WithToken, Person> & {
  /** Takes part in each chat, and does nothing. */
  bystander: Person
}

export async function registerPeople(parley: TestApp): Promise<People> {
  const withRole = (role: AccountRole): Promise<Person> => parley.withRoles(role, role)
  return {
    outsider: await parley.register('outsider'),
    'removed participant': await parley.register('removed'),
    participant: await parley.register('participant'),
    'chat admin': await parley.register('owner'),
    bystander: await parley.register('bystander'),
    auditor: await withRole('auditor'),
    analyst: await withRole('analyst'),
    admin: await withRole('admin'),
  }
}

/** What a request may be about. */
export interface World {
  people: People
  chatId: string
  /** The participant's. */
  messageId: string
}

/** A chat of its own for each row of the table, so that no row meets what another one did. */
export async function openChat(parley: TestApp, people: People): Promise<World> {
  const { token } = people['chat admin']
  const others = [people.participant, people.bystander, people['removed participant']]
  const created = await parley.call('POST', '/chats', {
    token,
    body: { participantIds: others.map(({ id }) => id), name: 'Board' },
  })
  const { id: chatId } = created.body as { id: string }
  const sent = await parley.call('POST', `/chats/${chatId}/messages`, {
    token: people.participant.token,
    body: { content: 'hello' },
  })
  const { id: messageId } = sent.body as { id: string }
  const gone = people['removed participant']
  const { headers } = await parley.call('DELETE', `/chats/${chatId}/participants/${gone.id}`, { token })
  const position = headers.get('parley-position') ?? ''
  await parley.call('GET', `/chats/${chatId}`, { token, headers: { 'parley-position': position } })
  return { people, chatId, messageId }
}
