import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'

interface Found {
  id: string
  name: string
}

const callerOf = (userId: string) =>
  ({ userId, origin: 'rest', correlationId: randomUUID(), key: null, client: null }) as const

describe('users are found by their names', function () {
  this.timeout(240_000)
  let parley: TestApp
  let asker: TestUser
  const names = ['Ada Lovelace-King', 'José', "Sinéad O'Connor", '王伟', 'Bo', 'Ωmega', '김철수', '山田 太郎', 'Łukasz']

  before(async () => {
    parley = await startTestApp()
    asker = await parley.register('Quentin')
    for (const name of names)
      await parley.app.core.run('registerUser', { name, imported: false }, callerOf(randomUUID()))
  })
  after(() => parley[Symbol.asyncDispose]())

  const ask = async (path: string) =>
    parley.call('GET', path, {
      token: asker.token,
      headers: { 'parley-position': await parley.app.core.log.head() },
    })
  const find = async (query: string): Promise<string[]> => {
    const { status, body } = await ask(`/users?query=${encodeURIComponent(query)}`)
    expect(status, query).to.equal(200)
    return (body as Found[]).map(({ name }) => name)
  }

  it('by a prefix of any word, without case and accents, in any script', async () => {
    const found: [query: string, name: string][] = [
      ['lovelace', 'Ada Lovelace-King'],
      ['ada love', 'Ada Lovelace-King'],
      ['king', 'Ada Lovelace-King'],
      ['jose', 'José'],
      ['JOSÉ', 'José'],
      ['connor', "Sinéad O'Connor"],
      ["o'con", "Sinéad O'Connor"],
      ['王伟', '王伟'],
      ['伟', '王伟'],
      ['Bo', 'Bo'],
      ['철수', '김철수'],
      ['太郎', '山田 太郎'],
      ['lukasz', 'Łukasz'],
    ]
    for (const [query, name] of found) expect(await find(query), query).to.deep.equal([name])
    expect(await find('ovelace')).to.deep.equal([])
    expect(await find('..')).to.deep.equal([])
  })

  it('by at least two characters, or one in Chinese, Japanese and Korean', async () => {
    for (const query of ['', ' ', 'b', '.']) expect((await ask(`/users?query=${query}`)).status, query).to.equal(400)
    for (const query of ['王', '山', '김'])
      expect((await ask(`/users?query=${encodeURIComponent(query)}`)).status).to.equal(200)
  })

  it('page by page, each once, also with equal names', async () => {
    const { core } = parley.app
    for (let index = 0; index < 120; index++)
      await core.run('registerUser', { name: 'Maria Maria', imported: false }, callerOf(randomUUID()))
    const pages: Found[][] = []
    for (let path: string | undefined = '/users?query=maria&limit=50'; path !== undefined;) {
      const { body, headers } = await ask(path)
      pages.push(body as Found[])
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(pages.map((page) => page.length)).to.deep.equal([50, 50, 20])
    expect(new Set(pages.flat().map(({ id }) => id)).size).to.equal(120)
    expect((await ask('/users?query=maria&after=nonsense')).status).to.equal(400)
  })
})
