import { expect } from 'chai'
import type { Member } from './member.js'
import type { Team } from './team.js'

/** Ids of the chats of the day. */
export interface Chats {
  /** Open to all, who are all in it. */
  general: string
  /** By invitation only; one sees what was said since one came. */
  project: string
  /** One comes in by an invite. */
  planning: string
  social: string
  /** Of members 0 and 1, 10 and 11, 12 and 13. */
  direct: string
  hidden: string
  quiet: string
}

export const idsOf = (members: readonly Member[]): string[] => members.map(({ id }) => id)

/** The channels are opened, and everyone comes in. */
export async function morning({ members, online }: Team): Promise<Chats> {
  const m = (index: number): Member => members[index]!
  await Promise.all(online.map((member) => member.comeIn()))
  const open = async (by: Member, chat: object): Promise<string> => (await by.do('POST', '/chats', chat)).id

  const general = await open(m(0), { type: 'group', name: 'General', participantIds: [], joinPolicy: 'open' })
  await Promise.all(members.slice(1, 20).map((member) => member.do('POST', `/chats/${general}/join`)))
  await m(0).do('POST', `/chats/${general}/participants`, { userIds: idsOf(members.slice(20)) })

  const project = await open(m(1), {
    name: 'Project',
    participantIds: idsOf(members.slice(2, 10)),
    historyVisibility: 'since-joined',
  })

  const planning = await open(m(3), { type: 'group', name: 'Planning', participantIds: [m(4).id] })
  const { code } = await m(3).do<{ code: string }>('POST', `/chats/${planning}/invites`, { maxUses: 2 })
  await m(5).do('POST', `/invites/${code}/join`)
  await m(6).do('POST', `/invites/${code}/join`)
  expect(await m(7).refused('POST', `/invites/${code}/join`)).to.equal('invite-not-found')
  expect(await m(7).refused('POST', `/chats/${planning}/join`)).to.equal('not-authorized')

  const social = await open(m(10), { type: 'group', name: 'Social', participantIds: [], joinPolicy: 'open' })
  for (const member of members.slice(11, 16)) await member.do('POST', `/chats/${social}/join`)

  // Both think of it at the same time, on two nodes: it is one chat.
  const [direct, same] = await Promise.all([
    open(m(0), { participantIds: [m(1).id] }),
    open(m(1), { participantIds: [m(0).id] }),
  ])
  expect(same).to.equal(direct)
  const hidden = await open(m(10), { participantIds: [m(11).id] })
  const quiet = await open(m(12), { participantIds: [m(13).id] })
  return { general, project, planning, social, direct, hidden, quiet }
}
