import { expect } from 'chai'
import { onEachLog, logConfig } from '../../support/event-logs.js'
import { startTestApp, type TestApp } from '../../support/test-app.js'
import { uuid } from '../../support/uuid.js'
import { claimsOf, identityOf, type SignedIn } from './identity-app.js'

const refused = { status: 401, code: 'invalid-refresh-token' }

onEachLog('sessions over REST', (kind) => {
  let parley: TestApp
  let now = new Date('2026-11-22T10:00:00.000Z')
  let ada: SignedIn
  let identity: ReturnType<typeof identityOf>
  const pass = (ms: number): void => void (now = new Date(now.getTime() + ms))

  before(async () => {
    parley = await startTestApp(logConfig(kind), { clock: () => now })
    identity = identityOf(parley)
  })
  beforeEach(async () => (ada = await identity.register()))
  after(() => parley[Symbol.asyncDispose]())

  it('registration and login each open one, which is in the log and the list', async () => {
    pass(1_000)
    const phone = await identity.loggedIn(ada.user.email, undefined, { 'user-agent': 'Phone/1' })
    const ids = [ada, phone].map(({ accessToken }) => claimsOf(accessToken).sid)
    expect(await identity.events(ada.user.id)).to.deep.equal(
      ids.map((sessionId) => ({ type: 'SessionOpened', userId: ada.user.id, sessionId })),
    )
    const [first, second] = await identity.sessions(phone.accessToken)
    expect(first).to.deep.equal({
      id: ids[1],
      createdAt: now.toISOString(),
      lastUsedAt: now.toISOString(),
      ip: '127.0.0.1',
      userAgent: 'Phone/1',
      current: true,
    })
    expect(second).to.include({ id: ids[0], current: false })
  })

  it('are listed page by page, like every list', async () => {
    for (let time = 0; time < 4; time++) {
      if (time !== 2) pass(1_000) // two of them at the same millisecond
      await identity.loggedIn(ada.user.email)
    }
    const all = (await identity.sessions(ada.accessToken)).map(({ id }) => id)
    expect(all).to.have.length(5)
    const found: string[] = []
    let path: string | undefined = '/auth/sessions?limit=2'
    while (path !== undefined) {
      const { status, headers, body } = await parley.call('GET', path, { token: ada.accessToken })
      expect(status).to.equal(200)
      const page = body as { id: string }[]
      expect(page.length).to.be.within(1, 2)
      found.push(...page.map(({ id }) => id))
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(found).to.deep.equal(all)
    for (const wrong of ['after=x', 'after=2026-02-31T00:00:00.000Z_00000000-0000-4000-8000-000000000000', 'limit=0']) {
      const { body } = await parley.call('GET', `/auth/sessions?${wrong}`, { token: ada.accessToken })
      expect(body, wrong).to.include({ status: 400, code: 'validation-failed' })
    }
  })

  it('a refresh returns new tokens of the same session, with the original authentication time', async () => {
    pass(60_000)
    const answer = await identity.refresh(ada.refreshToken)
    const refreshed = answer.body as SignedIn
    expect(answer.status).to.equal(200)
    expect(refreshed).to.have.all.keys('accessToken', 'refreshToken', 'expiresInSeconds')
    expect(refreshed.expiresInSeconds).to.equal(900)
    expect(refreshed.refreshToken)
      .to.match(/^[\w-]{43}$/)
      .and.not.equal(ada.refreshToken)
    const [before, after] = [claimsOf(ada.accessToken), claimsOf(refreshed.accessToken)]
    expect(after).to.include({ sid: before.sid, auth_time: before.auth_time, iat: before.iat + 60 })
    expect((await parley.call('GET', '/users/me', { token: refreshed.accessToken })).status).to.equal(200)
    expect((await identity.refresh(refreshed.refreshToken)).status).to.equal(200)
  })

  it('reuse of a refresh token ends the session, and its user gets a mail', async () => {
    const { refreshToken } = (await identity.refresh(ada.refreshToken)).body as SignedIn
    expect((await identity.refresh(ada.refreshToken)).body).to.include(refused)
    expect((await identity.refresh(refreshToken)).body).to.include(refused)
    const { sid: sessionId } = claimsOf(ada.accessToken)
    expect((await identity.events(ada.user.id)).slice(1)).to.deep.equal([
      { type: 'SessionRevoked', userId: ada.user.id, sessionId, reason: 'refresh-reuse' },
    ])
    await identity.mailTo(ada.user.email, /One of your sessions was ended/)
    expect(parley.mails.filter(({ to, subject }) => to === ada.user.email && /ended/.test(subject))).to.have.length(1)
  })

  it('a repeat with the same key within 60 s returns the same successor while that is unused', async () => {
    const first = await identity.refresh(ada.refreshToken, 'tab')
    expect(first.headers.get('idempotency-replayed')).to.equal(null)
    pass(60_000)
    const again = await identity.refresh(ada.refreshToken, 'tab')
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    const [one, other] = [first.body as SignedIn, again.body as SignedIn]
    expect(other.refreshToken).to.equal(one.refreshToken)
    expect((await identity.refresh(one.refreshToken)).status).to.equal(200)
    expect((await identity.refresh(ada.refreshToken, 'tab')).body).to.include(refused)
  })

  it('a key is 1 to 128 visible characters', async () => {
    expect((await identity.refresh(ada.refreshToken, 'a b')).body).to.include({ code: 'validation-failed' })
    expect((await identity.refresh(ada.refreshToken)).status).to.equal(200)
  })

  it('an unknown token is refused', async () => {
    expect((await identity.refresh('x'.repeat(43))).body).to.include(refused)
  })

  it('a logout with either token ends only that session', async () => {
    const phone = await identity.loggedIn(ada.user.email)
    const logout = (request: object) => parley.call('POST', '/auth/logout', request)
    expect((await logout({ token: phone.accessToken })).status).to.equal(204)
    expect((await identity.refresh(phone.refreshToken)).body).to.include(refused)
    expect((await logout({ token: 'garbage', body: { refreshToken: ada.refreshToken } })).status).to.equal(204)
    expect((await identity.refresh(ada.refreshToken)).body).to.include(refused)
    expect((await logout({ body: { refreshToken: ada.refreshToken } })).status).to.equal(204)
    expect((await logout({ body: { refreshToken: 'unknown' } })).status).to.equal(204)
    const ends = (await identity.events(ada.user.id)).slice(2) as { sessionId: string; reason: string }[]
    expect(ends.map(({ sessionId, reason }) => [sessionId, reason])).to.deep.equal(
      [phone, ada].map(({ accessToken }) => [claimsOf(accessToken).sid, 'logout']),
    )
    expect(parley.mails.filter(({ to, subject }) => to === ada.user.email && /ended/.test(subject))).to.have.length(0)
  })

  it('a logout without a token or with an invalid one is refused', async () => {
    expect((await parley.call('POST', '/auth/logout', {})).body).to.include({ code: 'token-missing' })
    expect((await parley.call('POST', '/auth/logout', { token: 'x' })).body).to.include({ code: 'invalid-token' })
  })

  it('one session or all others can be ended, but none of another user', async () => {
    const [phone, tablet, laptop] = [
      await identity.loggedIn(ada.user.email),
      await identity.loggedIn(ada.user.email),
      await identity.loggedIn(ada.user.email),
    ]
    const eve = await identity.register()
    const sid = ({ accessToken }: SignedIn): string => claimsOf(accessToken).sid
    const end = (id: string, token: string) => parley.call('DELETE', `/auth/sessions/${id}`, { token })
    expect((await end(sid(phone), eve.accessToken)).body).to.include({ status: 404, code: 'session-not-found' })
    expect((await end(uuid('none'), eve.accessToken)).body).to.include({ status: 404, code: 'session-not-found' })
    expect((await end(sid(phone), ada.accessToken)).status).to.equal(204)
    expect((await end(sid(phone), ada.accessToken)).status).to.equal(204)
    expect((await identity.sessions(ada.accessToken)).map(({ id }) => id)).to.have.members(
      [ada, tablet, laptop].map(sid),
    )

    const all = await parley.call('DELETE', '/auth/sessions?except=current', { token: laptop.accessToken })
    expect(all.status).to.equal(204)
    expect((await identity.sessions(laptop.accessToken)).map(({ id }) => id)).to.deep.equal([sid(laptop)])
    const ends = (await identity.events(ada.user.id)).slice(4) as { sessionId: string; reason: string }[]
    expect(ends.map(({ sessionId }) => sessionId)).to.have.members([phone, ada, tablet].map(sid))
    expect(new Set(ends.map(({ reason }) => reason))).to.deep.equal(new Set(['revoked']))
    expect((await identity.refresh(laptop.refreshToken)).status).to.equal(200)
    expect((await identity.sessions(eve.accessToken)).map(({ id }) => id)).to.deep.equal([sid(eve)])
  })

  it('all sessions at once cannot be ended', async () => {
    const answer = await parley.call('DELETE', '/auth/sessions', { token: ada.accessToken })
    expect(answer.body).to.include({ status: 400, code: 'validation-failed' })
  })

  it('a refresh token expires after 30 days without use, a session after 90 days', async () => {
    const day = 86_400_000
    let { refreshToken } = ada
    for (const days of [29, 30 - 1 / 24, 30 - 1 / 24]) {
      pass(days * day)
      const refreshed = await identity.refresh(refreshToken)
      expect(refreshed.status).to.equal(200)
      ;({ refreshToken } = refreshed.body as SignedIn)
    }
    pass(2 * day)
    expect((await identity.refresh(refreshToken)).body).to.include(refused)

    const other = await identity.register()
    pass(30 * day)
    expect((await identity.refresh(other.refreshToken)).body).to.include(refused)
    expect(await identity.events(other.user.id)).to.have.length(1)
  })
})
