import { expect } from 'chai'
import { startTestApp, type Node, type TestApp } from '../../support/test-app.js'
import { createMember, type Member } from './member.js'

const SIZE = 40
/** Whose clients are open all day; the others look in by REST. */
const ONLINE = 12

export interface Team extends AsyncDisposable {
  parley: TestApp
  members: readonly Member[]
  online: readonly Member[]
  /** Looks after what is reported. */
  moderator: Member
  /** Whether there is such a route; says so once where there is none, and what needs it is left out. */
  offers(method: string, path: string): Promise<boolean>
  /** Once both nodes have read models of all that is in the log. */
  settled(): Promise<void>
  /** From now on everyone talks to the first node: the second is stopped. */
  stopSecondNode(): Promise<void>
}

/** Forty people, registered on two nodes. */
export async function gatherTeam(): Promise<Team> {
  const parley = await startTestApp()
  const second = await parley.startNode()
  const first: Node = {
    get app() {
      return parley.app
    },
    call: (...request) => parley.call(...request),
    socket: (...given) => parley.socket(...given),
  }
  let nodes: Node[] = [first, second]
  const members: Member[] = []
  const names = Array.from({ length: SIZE }, (_, index) => `Member ${index}`)
  for (const [index, name] of names.entries())
    members.push(createMember(await parley.register(`member-${index}`), name, index, () => nodes))
  for (const member of members) await member.do('PATCH', '/users/me', { name: member.name })
  const lacking = new Set<string>()
  const admin = await parley.withRoles('moderator', 'admin')
  return {
    parley,
    members,
    online: members.slice(0, ONLINE),
    moderator: createMember(admin, 'moderator', 0, () => nodes),
    async offers(method, path) {
      const { body } = await parley.call('GET', '/openapi.json')
      const offered = (body as { paths: Record<string, object> }).paths[path]
      if (offered !== undefined && method in offered) return true
      lacking.add(`${method} ${path}`)
      return false
    },
    async settled() {
      const head = await parley.app.core.log.head()
      for (const { app } of nodes)
        expect(await app.core.runners.conversations.progress.reached(head, { timeoutMs: 30_000 })).to.equal(true)
    },
    async stopSecondNode() {
      for (const { client } of members) client.disconnect()
      for (const member of members) member.at = 0
      nodes = [first]
      await second.app[Symbol.asyncDispose]()
    },
    async [Symbol.asyncDispose]() {
      for (const route of lacking)
        console.log(`the day of the team left out what needs ${route}: there is no such route`)
      for (const { client } of members) client.disconnect()
      await parley[Symbol.asyncDispose]()
    },
  }
}
