import { expect } from 'chai'
import type { Member } from './member.js'
import type { Chats } from './morning.js'
import { postMessage, type Talk } from './talk.js'
import type { Team } from './team.js'

/** What everyone does for themselves; what is reported, searched for and archived. */
export async function evening(team: Team, chats: Chats, { late, plan }: Talk): Promise<void> {
  const { members, moderator } = team
  const m = (index: number): Member => members[index]!
  const { general, project, social, direct, hidden, quiet } = chats
  const { lastSeq } = await m(2).get<{ lastSeq: number }>(`/chats/${general}`)
  await m(2).do('PUT', `/chats/${general}/read`, { seq: lastSeq })
  await m(3).do('PUT', `/chats/${general}/read`, { seq: lastSeq })
  await m(3).do('PUT', `/chats/${general}/read`, { seq: lastSeq - 4, unread: true })
  if (await team.offers('put', '/chats/{id}/mute')) await m(4).do('PUT', `/chats/${general}/mute`, { muted: true })
  await m(0).emit('read', { chatId: direct, seq: 2 })

  // What is hidden stays so until something is said.
  if (await team.offers('put', '/chats/{id}/hide')) {
    await m(11).do('PUT', `/chats/${hidden}/hide`, { hidden: true })
    await m(13).do('PUT', `/chats/${quiet}/hide`, { hidden: true })
  }
  await postMessage(m(12), quiet, 'Hello?')

  await m(5).do('POST', `/chats/${project}/messages/${late}/reports`, { reason: 'That is not true' })
  const reports = await moderator.get<{ id: string }[]>('/reports')
  expect(reports).to.have.length(1)
  expect(await m(5).refused('GET', '/reports')).to.equal('not-authorized')

  if (await team.offers('get', '/search/messages')) {
    const found = (by: Member) => by.get<{ message: { id: string } }[]>('/search/messages?q=Monday')
    expect((await found(m(7))).map(({ message }) => message.id)).to.deep.equal([plan])
    expect(await found(m(39))).to.deep.equal([])
    expect(await m(7).get('/search/messages?q=Friday')).to.have.length(1)
  }

  await postMessage(m(11), social, 'Last round')
  await m(10).do('POST', `/chats/${social}/archive`)
  expect(await m(12).refused('POST', `/chats/${social}/messages`, { content: 'One more' })).to.equal('chat-archived')
  expect(await m(39).refused('POST', `/chats/${social}/join`)).to.equal('not-authorized')
}
