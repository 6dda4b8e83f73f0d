import { expect } from 'chai'
import type { ListedChatView, MessageView, ParticipantView } from '../../../src/projections/conversations/views.js'
import { eventually } from '../../support/eventually.js'
import { shown } from '../../support/client-model.js'
import type { Member } from './member.js'
import { idsOf, type Chats } from './morning.js'
import type { Talk } from './talk.js'
import type { Team } from './team.js'

interface Pin {
  message: MessageView
  pinnedBy: { id: string }
}

/** What several people find at the end of the day, said out in full. */
export async function checkFinalState({ members, offers }: Team, chats: Chats, talk: Talk): Promise<void> {
  const m = (index: number): Member => members[index]!
  const { general, project, planning, social, direct, hidden, quiet } = chats

  const listed = async (member: Member) =>
    (await member.get<ListedChatView[]>('/chats')).map(({ id, unreadCount, lastMessage, muted, myRole }) => {
      const name = Object.entries(chats).find(([, chatId]) => chatId === id)?.[0]
      return [name, myRole, unreadCount, lastMessage, ...(muted ? ['muted'] : [])]
    })
  const mutes = await offers('put', '/chats/{id}/mute')
  // Markers set back, and deleted messages, come with what mutes.
  const unread = (exact: number, without: number): number => (mutes ? exact : without)
  const has30Left = 'Has 30 left?'
  const isBack = 'I am back'
  const greetings = await unreadGreetings(m(0), general)
  // Both opened it at once: whoever came first.
  const { createdBy } = await m(0).get<{ createdBy: string }>(`/chats/${direct}`)
  const inDirect = (member: Member): string => (member.id === createdBy ? 'owner' : 'member')
  expect(await listed(m(0))).to.have.deep.members([
    ['general', 'owner', greetings, has30Left],
    ['direct', inDirect(m(0)), 0, 'At noon'],
  ])
  expect(await listed(m(1))).to.have.deep.members([
    ['general', 'member', await unreadGreetings(m(1), general), has30Left],
    ['direct', inDirect(m(1)), 0, 'At noon'],
  ])
  expect(await listed(m(2))).to.have.deep.members([
    ['general', 'member', 0, has30Left],
    ['project', 'owner', 1, isBack],
  ])
  expect(await listed(m(3))).to.have.deep.members([
    ['general', 'member', unread(4, 0), has30Left],
    ['project', 'member', unread(3, 4), isBack],
    ['planning', 'owner', 0, null],
  ])
  expect((await listed(m(4))).find(([name]) => name === 'general')?.slice(3)).to.deep.equal([
    has30Left,
    ...(mutes ? ['muted'] : []),
  ])
  const hides = await offers('put', '/chats/{id}/hide')
  expect(await listed(m(11))).to.have.deep.members([
    ['general', 'member', await unreadGreetings(m(11), general), has30Left],
    ['social', 'member', 0, 'Last round'],
    ...(hides ? [] : [['hidden', 'member', 0, null]]),
  ])
  expect((await listed(m(10))).map(([name]) => name)).to.include('hidden')
  expect((await listed(m(13))).find(([name]) => name === 'quiet')).to.deep.equal(['quiet', 'member', 2, 'Hello?'])

  const said = async (member: Member, chatId: string) =>
    (await member.get<MessageView[]>(`/chats/${chatId}/messages?limit=200`)).map(({ content }) => content)
  const before = ['Plan: we release on Monday', 'Friday is fine', 'I come on time', null, 'I was here']
  expect(await said(m(3), project)).to.deep.equal([...before, 'Said while 9 was away', isBack])
  expect(await said(m(9), project)).to.deep.equal([...before, isBack])
  expect(await said(m(8), project)).to.deep.equal([...before, 'Said while 9 was away', isBack])
  expect(await m(1).refused('GET', `/chats/${project}/messages`)).to.equal('chat-not-found')
  expect(await said(m(39), general)).to.have.length(members.length + 1)
  expect(await said(m(13), quiet)).to.deep.equal(['Are you there?', 'Hello?'])
  expect(await said(m(11), hidden)).to.deep.equal([])
  expect(await said(m(1), direct)).to.deep.equal(['Lunch?', 'At noon'])

  const plan = await m(5).get<MessageView>(`/chats/${project}/messages/${talk.plan}`)
  expect(plan.editedAt).to.be.a('string')
  expect(plan.reactions).to.deep.equal([{ emoji: '👍', count: 2, userIds: idsOf([m(5), m(7)]) }])
  const reply = await m(5).get<MessageView>(`/chats/${project}/messages/${talk.reply}`)
  expect(reply.replyTo).to.include({ id: talk.plan, seq: 1, senderName: m(1).name })

  const pins = await m(3).get<Pin[]>(`/chats/${project}/pins`)
  expect(pins.map(({ message, pinnedBy }) => [message.id, pinnedBy.id])).to.deep.equal([[talk.plan, m(1).id]])

  const rolesIn = async (member: Member, chatId: string) =>
    (await member.get<ParticipantView[]>(`/chats/${chatId}/participants?limit=200`)).map(({ id, role }) => [id, role])
  expect(await rolesIn(m(9), project)).to.deep.equal([
    [m(2).id, 'owner'],
    ...idsOf([3, 4, 5, 6, 7, 9, 8].map(m)).map((id) => [id, 'member']),
  ])
  expect(await rolesIn(m(6), planning)).to.deep.equal([
    [m(3).id, 'owner'],
    ...idsOf([4, 5, 6].map(m)).map((id) => [id, 'member']),
  ])
  expect(await rolesIn(m(15), social)).to.have.length(6)
  expect(new Map((await rolesIn(m(30), general)) as [string, string][])).to.deep.equal(
    new Map(members.map(({ id }, index) => [id, index === 0 ? 'owner' : 'member'])),
  )
}

/** Everyone greeted at once, so how many came after one's own greeting is up to chance; the history says it. */
async function unreadGreetings(member: Member, general: string): Promise<number> {
  const messages = await member.get<MessageView[]>(`/chats/${general}/messages?limit=200`)
  const own = messages.findLast(({ sender }) => sender.id === member.id)
  return messages.length - (own?.seq ?? 0)
}

/** What each client made of its snapshots and what came over its sockets is what REST says. */
export async function checkClients({ online }: Team): Promise<void> {
  for (const member of online) {
    const { client, name } = member
    const mine = (await member.get<ListedChatView[]>('/chats?limit=200')).map(({ id }) => id)
    expect(client.chatIds(), name).to.include.members(mine)
    for (const chatId of client.chatIds()) {
      const snapshot = await member.snapshot(chatId)
      if (snapshot === null) throw new Error(`${name} shows a chat that they are not in`)
      await eventually(() => expect(client.cursor(chatId)).to.equal(snapshot.chat.version))
      const folded = client.shows(chatId)
      if (folded !== null) expect(shown(folded), `${name} in ${chatId}`).to.deep.equal(shown(snapshot))
    }
  }
}
