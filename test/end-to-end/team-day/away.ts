import { expect } from 'chai'
import type { Member } from './member.js'
import type { Chats } from './morning.js'
import { postMessage, type Talk } from './talk.js'
import type { Team } from './team.js'

/** Half of the clients are away; much happens; they come back at the other node. */
export async function away(
  { members, online }: Team,
  { general, project }: Chats,
  { plan, slip }: Talk,
): Promise<void> {
  const m = (index: number): Member => members[index]!
  const gone = online.slice(0, 6)
  for (const { client } of gone) client.disconnect()

  await m(1).do('PATCH', `/chats/${project}/messages/${plan}`, { content: 'Plan: we release on Monday' })
  expect(await m(4).refused('PATCH', `/chats/${project}/messages/${slip}`, { content: 'back' })).to.equal(
    'message-deleted',
  )

  // Removed, and back: what was said meanwhile is not theirs.
  await postMessage(m(9), project, 'I was here')
  await m(1).do('DELETE', `/chats/${project}/participants/${m(9).id}`)
  expect(await m(9).refused('GET', `/chats/${project}`)).to.equal('chat-not-found')
  await postMessage(m(2), project, 'Said while 9 was away')
  await m(2).do('POST', `/chats/${project}/participants`, { userId: m(9).id })
  await postMessage(m(9), project, 'I am back')

  // Banned, and let in again.
  await m(1).do('PUT', `/chats/${project}/bans/${m(8).id}`, { reason: 'too loud' })
  expect(await m(8).refused('POST', `/chats/${project}/messages`, { content: 'hey' })).to.equal('not-authorized')
  await m(1).refused('POST', `/chats/${project}/participants`, { userId: m(8).id })
  await m(1).do('DELETE', `/chats/${project}/bans/${m(8).id}`)
  await m(1).do('POST', `/chats/${project}/participants`, { userId: m(8).id })

  // Left, and come back by themselves.
  await m(30).do('POST', `/chats/${general}/leave`)
  await postMessage(m(31), general, 'Has 30 left?')
  await m(30).do('POST', `/chats/${general}/join`)

  // Who owns it leaves: the admin is next.
  await m(1).do('PATCH', `/chats/${project}/participants/${m(2).id}`, { role: 'admin' })
  expect(await m(3).refused('PATCH', `/chats/${project}`, { name: 'Mine' })).to.equal('not-authorized')
  await m(1).do('POST', `/chats/${project}/leave`)
  await m(2).do('PATCH', `/chats/${project}`, { name: 'Project Monday' })

  await Promise.all(gone.map((member) => member.comeIn(member.at === 0 ? 1 : 0)))
}
