import { expect } from 'chai'
import { routeList } from '../../src/api/route-list.js'
import { openChat, registerPeople, type People, type World } from '../api/access/people.js'
import { requests } from '../api/access/requests.js'
import { rowsOf, type Row } from '../api/access/rows.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { OTHERS, TEXTS } from './injected.js'

/** The request once for each of its fields, with that one changed. */
function* changed(body: unknown, value: unknown): Generator {
  if (typeof body !== 'object' || body === null) return
  for (const field of Object.keys(body)) {
    yield { ...body, [field]: value }
    const inner = (body as Record<string, unknown>)[field]
    if (Array.isArray(inner)) yield { ...body, [field]: [value] }
  }
}

describe('injection', function () {
  this.timeout(120_000)
  let parley: TestApp
  let people: People
  let world: World

  before(async () => {
    parley = await startTestApp()
    people = await registerPeople(parley)
    world = await openChat(parley, people)
  })

  after(() => parley[Symbol.asyncDispose]())

  /** Refused or taken as text, and never a fault. */
  async function attack({ method, access }: Row, path: string, body?: unknown): Promise<void> {
    const { token } = people[access === 'admin' ? 'admin' : 'chat admin']
    const answer = await parley.call(method, path, { token, ...(body === undefined ? {} : { body }) })
    const told = `${method} ${path} ${JSON.stringify(body)}: ${answer.status} ${JSON.stringify(answer.body)}`
    expect(answer.status, told).to.be.within(200, 499)
  }

  // Those that would end the attacker's own session are attacked last, by nobody.
  const rows = routeList.flatMap(rowsOf).filter(({ name }) => !name.startsWith('DELETE /auth/sessions'))

  for (const row of rows) {
    const { name, method } = row
    it(`in every field of ${name}`, async () => {
      const { body } = requests[name]!(world)
      for (const value of [...TEXTS, ...OTHERS])
        for (const attacked of changed(body, value)) await attack(row, requests[name]!(world).path, attacked)
    })

    it(`in the path and the query of ${name}`, async () => {
      const { path } = requests[name]!(world)
      for (const text of TEXTS.filter((each) => each.isWellFormed())) {
        const encoded = encodeURIComponent(text)
        for (const id of path.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []) await attack(row, path.replace(id, encoded))
        if (method === 'GET') await attack(row, `${path.split('?')[0]}?${encoded}=${encoded}&limit=${encoded}`)
      }
    })
  }

  it('as field names changes no prototype', async () => {
    const { token } = people.participant
    const bodies = ['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}']
    for (const body of bodies) await parley.call('POST', '/chats', { token, body })
    const metadata =
      '{"content":"hi","metadata":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}'
    await parley.call('POST', `/chats/${world.chatId}/messages`, { token, body: metadata })
    expect({}).to.not.have.property('polluted')
  })

  it('leaves everything intact: users can log in and read their messages', async () => {
    const reader = await parley.login(people.participant)
    const { status, body } = await parley.call('GET', `/chats/${world.chatId}/messages?limit=200`, {
      token: reader.token,
    })
    expect(status).to.equal(200)
    expect(body).to.be.an('array').that.is.not.empty
    for (const { content } of body as { content: string }[])
      if (content.includes('drop table')) expect(TEXTS).to.include(content)
  })
})
