import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

interface Listed {
  id: string
  name: string | null
  participantCount: number
}

describe('open chats', () => {
  let parley: TestApp
  let ada: TestUser
  let eve: TestUser
  let garden: Club
  let position: string

  before(async () => {
    parley = await startTestApp()
    ;[ada, eve] = [await parley.register('Ada'), await parley.register('Eve')]
    const open = { joinPolicy: 'open' }
    garden = await createClub(parley, ada, [], { ...open, name: 'Garden Club Berlin' })
    await createClub(parley, ada, [], { ...open, name: 'Clubs & Bars' })
    await createClub(parley, ada, [], { ...open, name: 'Straße 100%' })
    await createClub(parley, ada, [], { ...open, name: null })
    await createClub(parley, ada, [], { name: 'Garden Club Secrets' })
    await createClub(parley, eve, [ada], { ...open, name: 'Clubhouse' })
    const archived = await createClub(parley, ada, [], { ...open, name: 'Club of old' })
    await archived.call(ada, 'POST', '/archive')
    const banning = await createClub(parley, ada, [], { ...open, name: 'Club without Eve' })
    const { headers } = await banning.call(ada, 'PUT', `/bans/${eve.id}`, {})
    position = headers.get('parley-position') ?? ''
  })
  after(() => parley[Symbol.asyncDispose]())

  const ask = (query: string, who = eve) =>
    parley.call('GET', `/chats/open?${query}`, { token: who.token, headers: { 'parley-position': position } })
  const find = async (query: string, who = eve): Promise<(string | null)[]> =>
    ((await ask(`query=${encodeURIComponent(query)}`, who)).body as Listed[]).map(({ name }) => name)

  it('are found by the beginning of any word, or of several, whatever the case', async () => {
    expect(await find('gard')).to.deep.equal(['Garden Club Berlin'])
    expect(await find('CLUB')).to.deep.equal(['Garden Club Berlin', 'Clubs & Bars'])
    expect(await find('club ber')).to.deep.equal(['Garden Club Berlin'])
    expect(await find('bars')).to.deep.equal(['Clubs & Bars'])
    expect(await find('arden')).to.deep.equal([])
    expect(await find('%')).to.deep.equal([])
    expect(await find('...')).to.deep.equal([])
    expect(await find('straße 100%')).to.deep.equal(['Straße 100%'])
  })

  it('without a query are all listed, except own, closed, archived ones, and those with a ban', async () => {
    const names = ((await ask('')).body as Listed[]).map(({ name }) => name)
    expect(names).to.deep.equal([null, 'Clubs & Bars', 'Garden Club Berlin', 'Straße 100%'])
    expect(await find('club', ada)).to.deep.equal([])
  })

  it('are listed page by page, each once', async () => {
    const seen: (string | null)[] = []
    let next: string | undefined = '/chats/open?query=club&limit=1'
    while (next !== undefined) {
      const { body, headers } = await parley.call('GET', next, { token: eve.token })
      seen.push(...(body as Listed[]).map(({ name }) => name))
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(seen).to.deep.equal(['Garden Club Berlin', 'Clubs & Bars'])
    expect((await ask('after=nonsense')).status).to.equal(400)
  })

  it('are shown without the fields for participants', async () => {
    const [found] = (await ask('query=garden')).body as Listed[]
    expect(found).to.include({ id: garden.id, participantCount: 1, joinPolicy: 'open', type: 'group' })
    expect(found).to.not.have.any.keys('myRole', 'muted', 'readSeq', 'unreadCount', 'participants', 'lastMessage')
  })

  it('are found once, also where several words match', async () => {
    const club = await createClub(parley, ada, [], { joinPolicy: 'open', name: 'Tango tango, tangerine' })
    const { headers } = await club.call(ada, 'PATCH', '', { historyVisibility: 'since-joined' })
    position = headers.get('parley-position') ?? ''
    expect(await find('tang')).to.deep.equal(['Tango tango, tangerine'])
  })

  it('are updated by changes of name, join policy and archiving', async () => {
    const club = await createClub(parley, ada, [], { name: 'Zebra' })
    const steps: [string, string, object | undefined, string, number][] = [
      ['PATCH', '', { joinPolicy: 'open' }, 'zebra', 1],
      ['PATCH', '', { name: 'Yak Zoo' }, 'zebra', 0],
      ['PATCH', '', {}, 'zoo', 1],
      ['POST', '/archive', undefined, 'yak', 0],
      ['POST', '/unarchive', undefined, 'yak', 1],
      ['PATCH', '', { joinPolicy: 'invite' }, 'yak', 0],
    ]
    for (const [method, path, body, query, count] of steps) {
      const { headers } = await club.call(ada, method, path, body)
      position = headers.get('parley-position') ?? ''
      expect(await find(query), `${method} ${path} ${JSON.stringify(body)}`).to.have.length(count)
    }
  })

  it('are not found after a join, and found again after a leave', async () => {
    await garden.call(eve, 'POST', '/join')
    expect(await find('garden')).to.deep.equal([])
    await garden.call(eve, 'POST', '/leave')
    expect(await find('garden')).to.deep.equal(['Garden Club Berlin'])
  })

  it('are found without accents, and by any part of a name in a script without spaces', async () => {
    await createClub(parley, ada, [], { joinPolicy: 'open', name: 'Général' })
    const { headers } = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { type: 'group', joinPolicy: 'open', name: '日本語部屋', participantIds: [] },
    })
    position = headers.get('parley-position') ?? ''
    expect(await find('general')).to.deep.equal(['Général'])
    expect(await find('GÉNÉ')).to.deep.equal(['Général'])
    expect(await find('部屋')).to.deep.equal(['日本語部屋'])
    expect(await find('日本')).to.deep.equal(['日本語部屋'])
  })
})
