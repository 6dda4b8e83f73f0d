import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

const MIB = 1024 * 1024
const COUNT = 30

interface Page {
  bytes: number
  seqs: number[]
  links: Record<string, string>
}

describe('pages of long messages', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let club: Club
  let position: string

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    club = await createClub(parley, ada, [])
    // with their rendering some 60 kB each
    for (let n = 1; n <= COUNT; n++) {
      const { headers } = await club.call(ada, 'POST', '/messages', { content: `needle ${'字'.repeat(9_990)}` })
      position = headers.get('parley-position') ?? ''
    }
    await parley.app.core.runners.conversations.progress.reached(position)
  })
  after(() => parley[Symbol.asyncDispose]())

  async function ask(path: string, seqsIn: (body: unknown) => number[]): Promise<Page> {
    const answer = await parley.call('GET', path, { token: ada.token, headers: { 'parley-position': position } })
    expect(answer.status, path).to.equal(200)
    const links = [...(answer.headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)]
    return {
      bytes: Buffer.byteLength(JSON.stringify(answer.body)),
      seqs: seqsIn(answer.body),
      links: Object.fromEntries(links.map(([, url = '', rel = '']) => [rel, url])),
    }
  }

  const ofHistory = (body: unknown): number[] => (body as { seq: number }[]).map(({ seq }) => seq)
  const ofSearch = (body: unknown): number[] =>
    (body as { message: { seq: number } }[]).map(({ message }) => message.seq)
  const ofEvents = (body: unknown): number[] =>
    (body as { payload: { seq?: number } }[]).flatMap(({ payload }) => payload.seq ?? [])

  async function follow(first: string, rel: string, seqsIn: (body: unknown) => number[]): Promise<Page[]> {
    const pages: Page[] = []
    for (let path: string | undefined = first; path !== undefined;) {
      const page = await ask(path, seqsIn)
      pages.push(page)
      path = page.links[rel]
    }
    return pages
  }

  const all = Array.from({ length: COUNT }, (_, index) => index + 1)
  const walks: Record<string, [first: () => string, rel: string, seqsIn: (body: unknown) => number[]]> = {
    'history from the latest on': [() => `/chats/${club.id}/messages?limit=200`, 'prev', ofHistory],
    'history from the first on': [() => `/chats/${club.id}/messages?after=0&limit=200`, 'next', ofHistory],
    'hits of a search': [() => '/search/messages?q=needle&limit=200', 'next', ofSearch],
    'hits of a search for a word with a slip': [() => '/search/messages?q=neddle&limit=200', 'next', ofSearch],
    events: [() => `/chats/${club.id}/events?after=0&limit=200`, 'next', ofEvents],
  }

  for (const [what, [first, rel, seqsIn]] of Object.entries(walks))
    it(`${what}: each page ends before 1 MiB and links to the next`, async () => {
      const pages = await follow(first(), rel, seqsIn)
      expect(
        pages
          .map(({ seqs }) => seqs)
          .flat()
          .sort((a, b) => a - b),
      ).to.deep.equal(all)
      expect(pages.length).to.be.greaterThan(1)
      for (const { bytes } of pages) expect(bytes).to.be.at.most(MIB)
      // no page ends long before it has to
      for (const { bytes } of pages.slice(0, -1)) expect(bytes).to.be.greaterThan(0.9 * MIB)
    })

  it('pins: the last pinned first, each page below 1 MiB', async () => {
    const { body } = await parley.call('GET', `/chats/${club.id}/messages?after=0&limit=15`, { token: ada.token })
    const first = (body as { id: string }[]).map(({ id }) => id)
    const { body: rest } = await parley.call('GET', `/chats/${club.id}/messages?before=${COUNT + 1}&limit=15`, {
      token: ada.token,
    })
    for (const id of [...first, ...(rest as { id: string }[]).map((message) => message.id)])
      position = (await club.call(ada, 'PUT', `/pins/${id}`)).headers.get('parley-position') ?? ''
    const pages = await follow(`/chats/${club.id}/pins`, 'next', ofSearch)
    expect(pages.flatMap(({ seqs }) => seqs)).to.deep.equal(all.toReversed())
    for (const { bytes } of pages) expect(bytes).to.be.at.most(MIB)
    const few = await follow(`/chats/${club.id}/pins?limit=12`, 'next', ofSearch)
    expect(few.map(({ seqs }) => seqs.length)).to.deep.equal([12, 12, 6])
  })

  it('around a seq: it stays in the middle, with links to both sides', async () => {
    const { bytes, seqs, links } = await ask(`/chats/${club.id}/messages?around=15&limit=200`, ofHistory)
    expect(bytes).to.be.at.most(MIB)
    expect(15 - seqs[0]!).to.be.closeTo(seqs.at(-1)! - 15, 1)
    expect(seqs).to.deep.equal(all.slice(seqs[0]! - 1, seqs.at(-1)))
    expect(links).to.have.all.keys('prev', 'next')
  })

  it('the edits of a message: pages end before 1 MiB too', async () => {
    const other = await createClub(parley, ada, [])
    const { body } = await other.call(ada, 'POST', '/messages', { content: 'first' })
    const { id } = body as { id: string }
    for (let n = 0; n < 40; n++) {
      const content = `${n} ${'字'.repeat(9_990)}`
      const { headers } = await other.call(ada, 'PATCH', `/messages/${id}`, { content })
      position = headers.get('parley-position') ?? ''
    }
    const texts = (edits: unknown): number[] =>
      (edits as { content: string }[]).map(({ content }) => Number(content.split(' ')[0]) || 0)
    const pages = await follow(`/chats/${other.id}/messages/${id}/history?limit=100`, 'next', texts)
    expect(pages.flatMap(({ seqs }) => seqs)).to.deep.equal([0, ...Array.from({ length: 40 }, (_, n) => n)])
    for (const { bytes } of pages) expect(bytes).to.be.at.most(MIB)
    const few = await follow(`/chats/${other.id}/messages/${id}/history?limit=20`, 'next', texts)
    expect(few.map(({ seqs }) => seqs.length)).to.deep.equal([20, 20, 1])
  })
})
