import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { routeList } from '../../../src/api/route-list.js'
import { expectCommonHeaders } from '../../support/common-headers.js'
import { startTestApp, type Answer, type TestApp } from '../../support/test-app.js'
import {
  everyone,
  openChat,
  outsiders,
  registerPeople,
  verdictOf,
  type People,
  type Who,
  type World,
} from './people.js'
import { requests } from './requests.js'
import { rowsOf, type Row } from './rows.js'

const rows = routeList.flatMap(rowsOf)
const ofChats = rows.filter(({ access }) => ['participant', 'author', 'chat-admin', 'open-chat'].includes(access))

describe('access to routes', function () {
  this.timeout(240_000)
  let parley: TestApp
  let people: People

  before(async () => {
    parley = await startTestApp({ auditCheckpointSeconds: 86_400 }) // nothing is signed
    people = await registerPeople(parley)
  })

  after(() => parley[Symbol.asyncDispose]())

  function ask({ name, method }: Row, world: World, who: Who): Promise<Answer> {
    const { path, body } = requests[name]!(world)
    const sent = body === undefined ? {} : { body }
    return parley.call(method, path, who === 'no token' ? sent : { token: world.people[who].token, ...sent })
  }

  it('has a request for each route of the table, and no other', () => {
    expect(Object.keys(requests)).to.have.members(rows.map(({ name }) => name))
  })

  for (const row of rows) {
    it(`${row.name}: ${row.access}`, async () => {
      await using world = await openChat(parley, people)
      for (const who of everyone) {
        const answer = await ask(row, world, who)
        expectCommonHeaders(answer, requests[row.name]!(world).path)
        const { status, body } = answer
        const expected = verdictOf(row, who)
        const { refusedAs } = requests[row.name]!(world)
        if (expected === 'in' && refusedAs !== undefined)
          expect((body as { code?: string }).code, who).to.equal(refusedAs)
        else if (expected === 'in') expect(row.answers, `${who}: ${JSON.stringify(body)}`).to.include(status)
        else expect((body as { code?: string }).code, `${who}: ${status}`).to.equal(expected)
      }
    })
  }

  for (const row of ofChats) {
    it(`${row.name}: an outsider gets the same answer for an existing chat and for none`, async () => {
      await using world = await openChat(parley, people)
      for (const who of [...outsiders, 'bot, chat not bound'] as const) {
        const [there, none] = [await ask(row, world, who), await ask(row, { ...world, chatId: randomUUID() }, who)]
        expect(whole(there), who).to.deep.equal(whole(none))
      }
    })
  }
})

/** All of an answer that is not the request's own: without its id, and the time of day. */
function whole({ status, headers, body }: Answer): object {
  const { instance: _, ...problem } = body as { instance: string }
  const own = new Set(['x-request-id', 'date'])
  return { status, problem, headers: [...headers].filter(([name]) => !own.has(name)) }
}
