import { expect } from 'chai'
import type { Chats } from './morning.js'
import type { Member } from './member.js'
import type { Team } from './team.js'

/** Ids of messages of the project that come up again. */
export interface Talk {
  plan: string
  reply: string
  late: string
  slip: string
}

export const postMessage = async (by: Member, chatId: string, content: string, more: object = {}): Promise<string> =>
  (await by.do('POST', `/chats/${chatId}/messages`, { content, ...more })).id

export const withEmoji = (chatId: string, messageId: string, emoji: string): string =>
  `/chats/${chatId}/messages/${messageId}/reactions/${encodeURIComponent(emoji)}`

/** Everyone greets everyone at once; the project is talked about in order. */
export async function talk(
  { members, online, settled }: Team,
  { general, project, direct, quiet }: Chats,
): Promise<Talk> {
  const m = (index: number): Member => members[index]!
  await settled()
  for (const { client } of online) await Promise.all(client.chatIds().map((chatId) => client.open(chatId)))
  await Promise.all(members.map((member) => postMessage(member, general, `Good morning from ${member.name}`)))

  const plan = await postMessage(m(1), project, 'Plan: we release on Friday')
  const reply = await postMessage(m(2), project, 'Friday is fine', { replyTo: plan })
  const late = await postMessage(m(3), project, 'I come too late')
  await m(3).do('PATCH', `/chats/${project}/messages/${late}`, { content: 'I come on time' })
  const slip = await postMessage(m(4), project, 'wrong window, never mind')
  await m(4).do('DELETE', `/chats/${project}/messages/${slip}`)
  expect(await m(5).refused('PATCH', `/chats/${project}/messages/${plan}`, { content: 'mine' })).to.equal(
    'not-authorized',
  )
  for (const index of [5, 6, 7]) await m(index).do('PUT', withEmoji(project, plan, '👍'))
  await m(6).do('DELETE', withEmoji(project, plan, '👍'))
  await m(8).do('PUT', withEmoji(project, reply, '🎉'))
  await m(1).do('PUT', `/chats/${project}/pins/${plan}`)
  await m(2).do('PUT', `/chats/${project}/pins/${reply}`)
  await m(2).do('DELETE', `/chats/${project}/pins/${reply}`)

  const lunch = { chatId: direct, content: 'Lunch?', clientMessageId: 'lunch' }
  const { message } = await m(0).emit<{ message: { id: string } }>('send_message', lunch)
  const again = await m(0).emit<{ message: { id: string } }>('send_message', lunch)
  expect(again.message.id).to.equal(message.id)
  await m(1).emit('react', { chatId: direct, messageId: message.id, emoji: '❤️', on: true })
  await postMessage(m(1), direct, 'At noon')
  await postMessage(m(12), quiet, 'Are you there?')
  return { plan, reply, late, slip }
}
