import { expect } from 'chai'
import { userStream } from '../../src/domain/streams.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { botsOf } from '../api/app/bots.js'
import { createClub, type Club } from '../api/app/club.js'
import { caughtUp } from '../erasure/erasures-done.js'

interface Line extends Record<string, unknown> {
  kind: string
  type?: string
  data?: Record<string, unknown>
}

onEachLog('the export of a user', (kind) => {
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let club: Club
  let now = new Date('2026-11-22T10:00:00.000Z')

  before(async () => {
    parley = await startTestApp(logConfig(kind), { clock: () => now })
    ada = await parley.register('Adaname')
    bob = await parley.register('Bobname')
    club = await createClub(parley, bob, [ada], { name: 'Bobsclub' })
    const headers = { 'user-agent': 'AdasAgent/1' }
    const send = async (who: TestUser, content: string, more: object = {}) =>
      (await club.call(who, 'POST', '/messages', { content, ...more }, headers)).body as { id: string }
    const { id } = await send(ada, 'adas first words', { metadata: { adasNote: 1 } })
    await club.call(ada, 'PATCH', `/messages/${id}`, { content: 'adas edited words' })
    const gone = await send(ada, 'adas deleted words')
    await club.call(ada, 'DELETE', `/messages/${gone.id}`)
    const bobs = await send(bob, 'bobs words')
    await club.call(ada, 'PUT', `/messages/${bobs.id}/reactions/${encodeURIComponent('👍')}`)
    await club.call(ada, 'POST', `/messages/${bobs.id}/reports`, { reason: 'adas reason' })
    await club.call(bob, 'POST', `/messages/${gone.id}/reports`, { reason: 'bobs reason' })
    await club.call(bob, 'PUT', `/bans/${ada.id}`, { reason: 'bobs ban' })
    await parley.call('PATCH', '/users/me', { token: ada.token, body: { statusText: 'adasstatus' } })
    await botsOf(parley).create(ada, 'Adasbot')
    await caughtUp(parley)
  })
  after(() => parley[Symbol.asyncDispose]())

  const exportOf = async (user: TestUser): Promise<Line[]> => {
    const { status, headers, body } = await parley.call('GET', '/users/me/export', { token: user.token })
    expect(status).to.equal(200)
    expect(headers.get('content-type')).to.equal('application/x-ndjson; charset=utf-8')
    const text = typeof body === 'string' ? body : ''
    expect(text.endsWith('\n')).to.equal(true)
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
  }

  it('holds all that the user supplied, deleted and edited texts too', async () => {
    const lines = await exportOf(ada)
    const text = JSON.stringify(lines)
    const supplied = ['Adaname', ada.email.toLowerCase(), 'adas first words', 'adasNote', 'adas edited words']
    for (const one of [
      ...supplied,
      'adas deleted words',
      'adas reason',
      'adasstatus',
      '👍',
      'AdasAgent/1',
      '127.0.0.1',
    ])
      expect(text, one).to.include(one)
    expect(new Set(lines.map((line) => line.kind))).to.deep.equal(
      new Set(['account', 'profile', 'session', 'bot', 'event']),
    )
    const types = lines.flatMap(({ type }) => type ?? [])
    expect(types).to.include.members(['UserRegistered', 'SessionOpened', 'ProfileChanged', 'ParticipantBanned'])
  })

  it('holds nothing that others supplied', async () => {
    const text = JSON.stringify(await exportOf(ada))
    for (const one of ['Bobname', bob.email.toLowerCase(), 'Bobsclub', 'bobs words', 'bobs reason', 'bobs ban'])
      expect(text, one).not.to.include(one)
  })

  it('holds neither secrets nor sealed boxes', async () => {
    expect(JSON.stringify(await exportOf(ada))).not.to.match(/argon2|"box"|"nonce"|"mac"|hash/)
  })

  it('is recorded before its first line, each time', async () => {
    const recorded = async () =>
      (await parley.app.core.log.readStream(userStream(bob.id), { limit: 100 })).filter(
        ({ type }) => type === 'UserExported',
      )
    expect(await recorded()).to.have.length(0)
    await exportOf(bob)
    await exportOf(bob)
    expect(await recorded()).to.have.length(2)
  })

  it('requires a login within the last 15 minutes', async () => {
    now = new Date(now.getTime() + 14 * 60_000)
    await exportOf(ada)
    now = new Date(now.getTime() + 61_000)
    const late = await startedAgain(ada)
    expect(late.body).to.include({ status: 403, code: 'login-again' })
    await exportOf(await parley.login(ada))
  })

  const startedAgain = async (user: TestUser) => {
    const { body } = await parley.call('POST', '/auth/refresh', { body: { refreshToken: user.refreshToken } })
    return parley.call('GET', '/users/me/export', { token: (body as { accessToken: string }).accessToken })
  }
})
