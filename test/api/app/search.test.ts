import { expect } from 'chai'
import { startTestApp, type Answer, type Person, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

interface Found {
  message: { id: string; content: string; chatId: string; createdAt: string }
  highlight: { text: string; ranges: [number, number][] }
}

describe('search', function () {
  this.timeout(30_000)
  let parley: TestApp
  let ada: Person
  let bob: Person
  let eve: Person
  let club: Club
  let last: Answer

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    bob = await parley.register('Bob')
    eve = await parley.register('Eve')
  })
  after(() => parley[Symbol.asyncDispose]())
  beforeEach(async () => {
    club = await createClub(parley, ada, [bob])
  })

  async function say(content: string, who = ada, where = club): Promise<string> {
    last = await where.call(who, 'POST', '/messages', { content })
    expect(last.status).to.equal(201)
    return (last.body as { id: string }).id
  }

  /** In this test's chat, unless something else is said. */
  const ask = (who: Person, q: string, more: Record<string, string> = { chatId: club.id }): Promise<Answer> =>
    parley.call('GET', `/search/messages?${new URLSearchParams({ q, ...more }).toString()}`, {
      token: who.token,
      headers: { 'parley-position': last.headers.get('parley-position') ?? '' },
    })
  async function found(q: string, who = ada, more?: Record<string, string>): Promise<string[]> {
    const answer = await ask(who, q, more)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return (answer.body as Found[]).map(({ message }) => message.content)
  }

  it('words in any order, phrases, what is left out, beginnings; without case and accents, and in scripts without spaces', async () => {
    const [roses, rue, cjk] = ['Red roses at the CAFÉ', 'Roses, not red: rue', '私は東京に住んでいます']
    for (const content of [roses, rue, cjk]) await say(content)
    expect(await found('red roses')).to.deep.equal([rue, roses])
    expect(await found('"red roses"')).to.deep.equal([roses])
    expect(await found('roses -cafe')).to.deep.equal([rue])
    expect(await found('roses -"not red"')).to.deep.equal([roses])
    expect(await found('caf')).to.deep.equal([roses])
    expect(await found('caf red')).to.deep.equal([])
    expect(await found('東京')).to.deep.equal([cjk])
    expect(await found('京東')).to.deep.equal([])
  })

  it('the highlight is plain text with ranges in UTF-16 code units', async () => {
    await say('🌹 <b>Café</b> & café')
    const [hit] = (await ask(ada, 'cafe')).body as Found[]
    const { text, ranges } = hit!.highlight
    expect(text).to.equal('🌹 <b>Café</b> & café')
    expect(ranges.map(([from, to]) => text.slice(from, to))).to.deep.equal(['Café', 'café'])
    await say(`${'word '.repeat(300)}needle ${'word '.repeat(300)}`)
    const long = ((await ask(ada, 'needle')).body as Found[])[0]!.highlight
    expect(long.text.length).to.be.at.most(240)
    expect(long.ranges.map(([from, to]) => long.text.slice(from, to))).to.deep.equal(['needle'])
  })

  it('only what one may see now: outsiders nothing, those who left nothing, newcomers nothing from before', async () => {
    club = await createClub(parley, ada, [bob], { historyVisibility: 'since-joined' })
    await say('an old secret')
    expect(await found('secret', eve, {})).to.deep.equal([])
    expect((await ask(eve, 'secret')).body).to.deep.include({ status: 404, code: 'chat-not-found' })
    await club.call(ada, 'POST', '/participants', { userId: eve.id })
    await say('a new secret')
    expect(await found('secret', eve)).to.deep.equal(['a new secret'])
    expect(await found('secret', bob)).to.deep.equal(['a new secret', 'an old secret'])
    last = await club.call(bob, 'POST', '/leave')
    expect(await found('secret', bob, {})).to.deep.equal([])
  })

  it('never what was deleted, nor what an edited message said before', async () => {
    const [edited, deleted] = [await say('first draft'), await say('second draft')]
    await club.call(ada, 'PATCH', `/messages/${edited}`, { content: 'finished' })
    last = await club.call(ada, 'DELETE', `/messages/${deleted}`)
    expect(last.status).to.equal(200)
    expect(await found('draft')).to.deep.equal([])
    expect(await found('finished')).to.deep.equal(['finished'])
  })

  it('narrowed by sender and time, and paged without a hole or a repeat', async () => {
    for (const n of [1, 2, 3, 4, 5]) await say(`page ${n}`, n % 2 === 0 ? bob : ada)
    expect(await found('page', ada, { chatId: club.id, senderId: bob.id })).to.deep.equal(['page 4', 'page 2'])
    expect(await found('page', ada, { senderId: eve.id })).to.deep.equal([])
    const all = (await ask(ada, 'page')).body as Found[]
    const from = all[1]!.message.createdAt
    const since = all.filter(({ message }) => message.createdAt >= from).map(({ message }) => message.content)
    expect(await found('page', ada, { chatId: club.id, from })).to.deep.equal(since)
    const pages: string[][] = []
    for (let after: Record<string, string> | null = {}; after !== null;) {
      const answer = await ask(ada, 'page', { chatId: club.id, limit: '2', ...after })
      pages.push((answer.body as Found[]).map(({ message }) => message.content))
      const [, next] = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '') ?? []
      after = next === undefined ? null : { after: new URL(next, 'http://localhost').searchParams.get('after') ?? '' }
    }
    expect(pages.map((page) => page.length)).to.deep.equal([2, 2, 1])
    expect(pages.flat()).to.deep.equal(all.map(({ message }) => message.content))
  })

  it('a query that says nothing to look for is refused; none can break the query language', async () => {
    await say("it's a & b | c:*")
    for (const q of [' ', '-no', '"!"', '&']) expect((await ask(ada, q)).status, q).to.equal(400)
    for (const q of ["it's", 'a & b', "c:* | 'x", 'a <-> b', '!a', "\\'a", '(a'])
      expect((await ask(ada, q)).status, q).to.equal(200)
    expect((await ask(ada, 'a', { limit: '201' })).status).to.equal(400)
  })
})
