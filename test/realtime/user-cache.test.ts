import { expect } from 'chai'
import type { UserRef } from '../../src/projections/conversations/views.js'
import { createProgress } from '../../src/followers/progress.js'
import { createUserCache } from '../../src/realtime/user-cache.js'

const compare = (a: string, b: string): number => Number(a) - Number(b)
const user = (id: string, name: string): UserRef => ({ id, name, avatarUrl: null, isBot: false })
const renamed = (userId: string, name: string) => ({ type: 'ProfileChanged', userId, name }) as const

/** A cache over a read model whose rows and progress the test moves. */
function setUp({ since = '0', most = 10 } = {}) {
  const progress = createProgress('0', compare)
  const rows = new Map<string, UserRef>()
  const reads: string[][] = []
  /** Called between the reading and its answer. */
  const meanwhile: (() => void)[] = []
  const people = (userIds: readonly string[]) => {
    reads.push([...userIds])
    const found = new Map(userIds.flatMap((id) => [rows.get(id) ?? []].flat().map((row) => [id, row] as const)))
    const checkpoint = progress.position
    return Promise.resolve().then(() => {
      meanwhile.shift()?.()
      return { people: found, checkpoint }
    })
  }
  const cache = createUserCache({ queries: { people }, progress, comparePositions: compare, since, most })
  const nameOf = async (id: string) => (await cache.get([id])).get(id)?.name
  return { cache, progress, rows, reads, meanwhile, nameOf }
}

describe('the user cache', () => {
  it('reads a user once', async () => {
    const { cache, rows, reads } = setUp()
    rows.set('ada', user('ada', 'Ada')).set('bob', user('bob', 'Bob'))
    await cache.get(['ada'])
    const both = await cache.get(['bob', 'ada', 'bob'])
    expect([...both.values()].map(({ name }) => name)).to.have.members(['Ada', 'Bob'])
    expect(reads).to.deep.equal([['ada'], ['bob']])
  })

  it('caches an unknown user without a name', async () => {
    const { cache } = setUp()
    expect((await cache.get(['eve'])).get('eve')).to.deep.equal({
      id: 'eve',
      name: null,
      avatarUrl: null,
      isBot: false,
    })
  })

  it('uses no row that is older than the start of its follower', async () => {
    const { rows, progress, nameOf, reads } = setUp({ since: '5' })
    rows.set('ada', user('ada', 'Ada before'))
    const name = nameOf('ada')
    rows.set('ada', user('ada', 'Ada'))
    progress.moveTo('4')
    expect(reads).to.deep.equal([])
    progress.moveTo('5')
    expect(await name).to.equal('Ada')
  })

  it('applies a change from its event, field by field', async () => {
    const { cache, rows, nameOf } = setUp()
    rows.set('ada', { id: 'ada', name: 'Ada', avatarUrl: 'https://example.com/a.png', isBot: false })
    await nameOf('ada')
    cache.note(renamed('ada', 'Ada L.'), '3')
    cache.note(renamed('ada', 'an older one'), '2')
    cache.note({ type: 'UserRegistered', userId: 'bob', imported: false, name: 'Bob' }, '4')
    const both = await cache.get(['ada', 'bob'])
    expect(both.get('ada')).to.deep.equal({
      id: 'ada',
      name: 'Ada L.',
      avatarUrl: 'https://example.com/a.png',
      isBot: false,
    })
    expect(both.get('bob')).to.deep.equal(user('bob', 'Bob'))
  })

  it('reads again when the user changes during the read', async () => {
    const { cache, rows, progress, meanwhile, nameOf } = setUp()
    rows.set('ada', user('ada', 'Ada'))
    meanwhile.push(() => {
      cache.note(renamed('ada', 'Ada L.'), '3')
      rows.set('ada', user('ada', 'Ada L.'))
      progress.moveTo('3')
    })
    expect(await nameOf('ada')).to.equal('Ada L.')
  })

  it('prefers an event to a read that began before it', async () => {
    const { cache, meanwhile, nameOf } = setUp()
    meanwhile.push(() => cache.note({ type: 'UserRegistered', userId: 'bob', imported: false, name: 'Bob' }, '3'))
    expect(await nameOf('bob')).to.equal('Bob')
  })

  it('waits for the read model after a change on this node', async () => {
    const { cache, rows, progress, nameOf } = setUp()
    rows.set('ada', user('ada', 'Ada'))
    await nameOf('ada')
    cache.changedAt('ada', '3')
    const name = nameOf('ada')
    rows.set('ada', user('ada', 'Ada L.'))
    progress.moveTo('3')
    expect(await name).to.equal('Ada L.')
    cache.changedAt('ada', '3')
    expect(await nameOf('ada')).to.equal('Ada L.')
  })

  it('remembers a change of a user that was evicted', async () => {
    const { cache, rows, progress, nameOf } = setUp({ most: 1 })
    rows.set('ada', user('ada', 'Ada'))
    await nameOf('ada')
    cache.note(renamed('ada', 'Ada L.'), '3')
    cache.note({ type: 'UserRegistered', userId: 'bob', imported: false, name: 'Bob' }, '2')
    const name = nameOf('ada')
    rows.set('ada', user('ada', 'Ada L.'))
    progress.moveTo('3')
    expect(await name).to.equal('Ada L.')
  })

  it('reads again a user who was changed and evicted during the read', async () => {
    const { cache, rows, progress, meanwhile, nameOf } = setUp({ most: 1 })
    rows.set('ada', user('ada', 'Ada'))
    meanwhile.push(() => {
      cache.note(renamed('ada', 'Ada L.'), '2')
      cache.note({ type: 'UserRegistered', userId: 'bob', imported: false, name: 'Bob' }, '3')
      rows.set('ada', user('ada', 'Ada L.'))
      progress.moveTo('3')
    })
    expect(await nameOf('ada')).to.equal('Ada L.')
  })

  it('fails when the read model does not catch up', async () => {
    const { cache } = setUp({ since: '5' })
    const failure = await cache.get(['ada'], { timeoutMs: 1 }).catch((error: unknown) => error)
    expect(failure).to.include({ code: 'projection-behind' })
  })
})
