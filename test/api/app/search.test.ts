import { expect } from 'chai'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

interface Found {
  message: { id: string; content: string; chatId: string; createdAt: string }
  highlight: { text: string; ranges: [number, number][] }
}

describe('search', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
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

  async function postMessage(content: string, who = ada, where = club): Promise<string> {
    last = await where.call(who, 'POST', '/messages', { content })
    expect(last.status).to.equal(201)
    return (last.body as { id: string }).id
  }

  /** In this test's chat, unless something else is said. */
  const ask = (who: TestUser, q: string, more: Record<string, string> = { chatId: club.id }): Promise<Answer> =>
    parley.call('GET', `/search/messages?${new URLSearchParams({ q, ...more }).toString()}`, {
      token: who.token,
      headers: { 'parley-position': last.headers.get('parley-position') ?? '' },
    })
  async function found(q: string, who = ada, more?: Record<string, string>): Promise<string[]> {
    const answer = await ask(who, q, more)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return (answer.body as Found[]).map(({ message }) => message.content)
  }

  /** Two at a time. */
  async function pagesOf(q: string): Promise<string[][]> {
    const pages: string[][] = []
    for (let after: Record<string, string> | null = {}; after !== null;) {
      const answer = await ask(ada, q, { chatId: club.id, limit: '2', ...after })
      pages.push((answer.body as Found[]).map(({ message }) => message.content))
      const [, next] = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '') ?? []
      after = next === undefined ? null : { after: new URL(next, 'http://localhost').searchParams.get('after') ?? '' }
    }
    return pages
  }

  it('finds words in any order, phrases, exclusions and prefixes, without case and accents, also in scripts without spaces', async () => {
    const [roses, rue, cjk] = ['Red roses at the CAFÉ', 'Roses, not red: rue', '私は東京に住んでいます']
    for (const content of [roses, rue, cjk]) await postMessage(content)
    expect(await found('red roses')).to.have.members([rue, roses])
    expect(await found('"red roses"')).to.deep.equal([roses])
    expect(await found('roses -cafe')).to.deep.equal([rue])
    expect(await found('roses -"not red"')).to.deep.equal([roses])
    expect(await found('caf')).to.deep.equal([roses])
    expect(await found('caf red')).to.deep.equal([])
    expect(await found('東京')).to.deep.equal([cjk])
    expect(await found('京東')).to.deep.equal([])
  })

  it('returns highlights as plain text with ranges in UTF-16 code units', async () => {
    await postMessage('🌹 <b>Café</b> & café')
    const [hit] = (await ask(ada, 'cafe')).body as Found[]
    const { text, ranges } = hit!.highlight
    expect(text).to.equal('🌹 <b>Café</b> & café')
    expect(ranges.map(([from, to]) => text.slice(from, to))).to.deep.equal(['Café', 'café'])
    await postMessage(`${'word '.repeat(300)}needle ${'word '.repeat(300)}`)
    const long = ((await ask(ada, 'needle')).body as Found[])[0]!.highlight
    expect(long.text.length).to.be.at.most(240)
    expect(long.ranges.map(([from, to]) => long.text.slice(from, to))).to.deep.equal(['needle'])
  })

  it('finds only visible messages: none for outsiders and former members, none from before a join', async () => {
    club = await createClub(parley, ada, [bob], { historyVisibility: 'since-joined' })
    await postMessage('an old secret')
    expect(await found('secret', eve, {})).to.deep.equal([])
    expect((await ask(eve, 'secret')).body).to.deep.include({ status: 404, code: 'chat-not-found' })
    await club.call(ada, 'POST', '/participants', { userId: eve.id })
    await postMessage('a new secret')
    expect(await found('secret', eve)).to.deep.equal(['a new secret'])
    expect(await found('secret', bob)).to.deep.equal(['a new secret', 'an old secret'])
    last = await club.call(bob, 'POST', '/leave')
    expect(await found('secret', bob, {})).to.deep.equal([])
  })

  it('finds neither deleted messages nor earlier content of edited ones', async () => {
    const [edited, deleted] = [await postMessage('first draft'), await postMessage('second draft')]
    await club.call(ada, 'PATCH', `/messages/${edited}`, { content: 'finished' })
    last = await club.call(ada, 'DELETE', `/messages/${deleted}`)
    expect(last.status).to.equal(200)
    expect(await found('draft')).to.deep.equal([])
    expect(await found('finished')).to.deep.equal(['finished'])
  })

  it('filters by sender and time, and pages without a gap or a repeat', async () => {
    for (const n of [1, 2, 3, 4, 5]) await postMessage(`page ${n}`, n % 2 === 0 ? bob : ada)
    expect(await found('page', ada, { chatId: club.id, senderId: bob.id })).to.deep.equal(['page 4', 'page 2'])
    expect(await found('page', ada, { senderId: eve.id })).to.deep.equal([])
    const all = (await ask(ada, 'page')).body as Found[]
    const from = all[1]!.message.createdAt
    const since = all.filter(({ message }) => message.createdAt >= from).map(({ message }) => message.content)
    expect(await found('page', ada, { chatId: club.id, from })).to.deep.equal(since)
    const pages = await pagesOf('page')
    expect(pages.map((page) => page.length)).to.deep.equal([2, 2, 1])
    expect(pages.flat()).to.deep.equal(all.map(({ message }) => message.content))
  })

  it('orders by relevance, or by time where requested', async () => {
    const said = ['apple and, further on, a pear', 'apple pear', 'pear, and an apple', 'apple pear, apple pear']
    for (const content of said) await postMessage(content)
    expect(await found('apple pear')).to.deep.equal([said[3], said[1], said[2], said[0]])
    const latest = { chatId: club.id, order: 'latest' }
    expect(await found('apple pear', ada, latest)).to.deep.equal([said[3], said[2], said[1], said[0]])
    expect((await ask(ada, 'apple', { order: 'best' })).status).to.equal(400)
  })

  it('finds similar words of a mistyped one, ranked below exact matches', async () => {
    const [meant, typed] = ['The restaurant opens at six', 'restuarant is not how one writes it']
    await postMessage(meant)
    for (const slip of ['resturant', 'restauurant', 'restaurand', 'retsaurant', 'Réstaurnt'])
      expect(await found(slip), slip).to.deep.equal([meant])
    expect(await found('restuarant opnes')).to.deep.equal([meant])
    expect(await found('"resturant"')).to.deep.equal([])
    expect(await found('resturant -opens')).to.deep.equal([])
    expect(await found('opens -resturant')).to.deep.equal([meant])
    expect(await found('sxi')).to.deep.equal([])
    await postMessage(typed)
    await postMessage('One more restaurant')
    expect(await found('restuarant')).to.deep.equal([typed, 'One more restaurant', meant])
  })

  it('highlights the similar word of a mistyped one', async () => {
    await postMessage('An éxample, and examples')
    const [hit] = (await ask(ada, 'exmaple')).body as Found[]
    const { text, ranges } = hit!.highlight
    expect(ranges.map(([from, to]) => text.slice(from, to))).to.deep.equal(['éxample'])
  })

  it('finds only visible messages for a mistyped word', async () => {
    club = await createClub(parley, ada, [bob], { historyVisibility: 'since-joined' })
    const hidden = await postMessage('chrysalis, the hidden one')
    await club.call(ada, 'POST', '/participants', { userId: eve.id })
    const edited = await postMessage('chrysalis, the edited one')
    const deleted = await postMessage('chrysalis, the deleted one')
    await postMessage('chrysalis, the one in view')
    await club.call(ada, 'PATCH', `/messages/${edited}`, { content: 'finished' })
    last = await club.call(ada, 'DELETE', `/messages/${deleted}`)
    expect(await found('chrysalsi', eve)).to.deep.equal(['chrysalis, the one in view'])
    expect(await found('chrysalsi', bob)).to.deep.equal(['chrysalis, the one in view', 'chrysalis, the hidden one'])
    last = await club.call(ada, 'DELETE', `/messages/${hidden}`)
    last = await club.call(eve, 'POST', '/leave')
    expect(await found('chrysalsi', eve, {})).to.deep.equal([])
  })

  it('pages continue from exact to similar matches, without a gap or a repeat', async () => {
    for (const n of [1, 2, 3]) await postMessage(`harbour ${'harbour '.repeat(n % 2)}${n}`)
    for (const n of [4, 5, 6]) await postMessage(`harbours ${n}`)
    const pages = await pagesOf('"harbour" harbour')
    expect(pages).to.deep.equal([['harbour harbour 3', 'harbour harbour 1'], ['harbour 2']])
    const all = ['harbour harbour 3', 'harbour harbour 1', 'harbour 2', 'harbours 6', 'harbours 5', 'harbours 4']
    expect((await pagesOf('harbour six-not-said -six')).flat()).to.deep.equal([])
    expect((await pagesOf('harbour -nothing')).flat()).to.deep.equal(all)
  })

  it('finds nothing for a query without words, and no query can break the query language', async () => {
    await postMessage("it's a & b | c:*")
    for (const q of ['', ' ', '-no', '"!"', '&', '...', '\u200b']) expect(await found(q), q).to.deep.equal([])
    for (const q of ["it's", 'a & b', "c:* | 'x", 'a <-> b', '!a', "\\'a", '(a'])
      expect((await ask(ada, q)).status, q).to.equal(200)
    expect((await ask(ada, 'a', { limit: '201' })).status).to.equal(400)
  })
})
