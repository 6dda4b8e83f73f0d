import { expect } from 'chai'
import fc from 'fast-check'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

const WORDS = [
  'harbour',
  'harbours',
  'harbuor',
  'restaurant',
  'restaurants',
  'secret',
  'secrets',
  'パス',
  '보고서',
  '#123',
]

/** What someone else does, outside the asker's visible range. */
type Step = { where: 'direct' | 'closed'; text: string; then: 'keep' | 'delete' | 'edit' }

const text = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join(' '))
const steps = fc.array(
  fc.record({
    where: fc.constantFrom<Step['where']>('direct', 'closed'),
    text,
    then: fc.constantFrom<Step['then']>('keep', 'keep', 'delete', 'edit'),
  }),
  { minLength: 1, maxLength: 8 },
)

const QUERIES: Record<string, string>[] = [
  ...WORDS.map((q) => ({ q })),
  ...['harbor', 'restuarant', 'secert', 'sercets', 'restaurnats', 'harb', '"secret"', 'harbour -secret'].map((q) => ({
    q,
  })),
  { q: 'harbor', limit: '1' },
  { q: 'harbour', limit: '1', order: 'latest' },
  { q: 'secert', order: 'latest' },
]

describe('a search result', function () {
  this.timeout(120_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let closed: Club
  let direct: Club

  before(async () => {
    parley = await startTestApp()
    ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
    const open = await createClub(parley, ada, [bob])
    for (const content of ['the harbour', 'two harbours', 'a restaurant'])
      await open.call(ada, 'POST', '/messages', { content })
    closed = await createClub(parley, bob, [ada, eve], { historyVisibility: 'since-joined' })
    await closed.call(bob, 'POST', '/messages', { content: 'harbour, while she was in' })
    direct = await createClub(parley, bob, [eve], { type: 'direct' })
  })
  after(() => parley[Symbol.asyncDispose]())

  /** Everything that the asker gets to see of an answer, but for what belongs to the request. */
  async function answers(): Promise<string[]> {
    const position = await parley.app.core.log.head()
    const asked = [...QUERIES, { q: 'secret', chatId: direct.id }, { q: 'secret', senderId: eve.id }]
    const all: string[] = []
    for (const query of asked) {
      const { status, headers, body } = await parley.call(
        'GET',
        `/search/messages?${new URLSearchParams(query).toString()}`,
        {
          token: ada.token,
          headers: { 'parley-position': position },
        },
      )
      const problem =
        (body as { instance?: string }).instance === undefined ? body : { ...(body as object), instance: '' }
      all.push(JSON.stringify([query, status, headers.get('link'), problem]))
    }
    return all
  }

  async function take({ where, text: content, then }: Step): Promise<void> {
    const club = where === 'direct' ? direct : closed
    const { body } = await club.call(eve, 'POST', '/messages', { content })
    const { id } = body as { id: string }
    if (then === 'delete') await club.call(eve, 'DELETE', `/messages/${id}`)
    if (then === 'edit') await club.call(eve, 'PATCH', `/messages/${id}`, { content: 'harbour restaurant secret' })
  }

  it('is byte for byte the same, whatever is sent, edited or deleted outside the visible range', async () => {
    const before = await answers()
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        await closed.call(ada, 'POST', '/leave')
        for (const step of taken) await take(step)
        await closed.call(bob, 'POST', '/participants', { userId: ada.id })
        expect(await answers()).to.deep.equal(before)
      }),
      { numRuns: 6 },
    )
  })

  it('is the same however many similar words others write: no visible match is displaced', async () => {
    const before = await answers()
    const letters = 'abcdefghijklmnopqrstuvwxyz'
    const decoys = Array.from(letters).flatMap((letter) => [`harb${letter}or`, `secr${letter}t`, `${letter}ecert`])
    await take({ where: 'direct', text: decoys.join(' '), then: 'keep' })
    expect(await answers()).to.deep.equal(before)
  })
})
