import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'

interface Tokens {
  accessToken: string
  refreshToken: string
}

describe('a stolen refresh token', () => {
  let parley: TestApp
  let ada: TestUser

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
  })

  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    ada = await parley.login(ada)
  })

  const refresh = (refreshToken: string, headers: object = {}): Promise<Answer> =>
    parley.call('POST', '/auth/refresh', { body: { refreshToken }, headers })

  const statusOf = async (token: string): Promise<number> => (await parley.call('GET', '/users/me', { token })).status

  it('used by many clients at once opens at most one more session, which is then ended', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(ada.refreshToken)))
    const won = answers.filter(({ status }) => status === 200).map(({ body }) => body as Tokens)
    expect(won).to.have.length(1)
    for (const { status, body } of answers.filter((each) => each.status !== 200))
      expect([status, (body as { code: string }).code]).to.deep.equal([401, 'invalid-refresh-token'])
    expect(await statusOf(won[0]!.accessToken)).to.equal(401)
    expect((await refresh(won[0]!.refreshToken)).status).to.equal(401)
    expect(await statusOf(ada.token)).to.equal(401)
  })

  it('used by thief and owner with different idempotency keys ends the session for both, whoever was first', async () => {
    const [thief, owner] = await Promise.all([
      refresh(ada.refreshToken, { 'idempotency-key': 'thief' }),
      refresh(ada.refreshToken, { 'idempotency-key': 'owner' }),
    ])
    expect([thief.status, owner.status].sort()).to.deep.equal([200, 401])
    const { accessToken } = (thief.status === 200 ? thief : owner).body as Tokens
    expect(await statusOf(accessToken)).to.equal(401)
  })

  it('is worthless once its owner logs out or changes the password', async () => {
    const password = { currentPassword: 'correct horse', newPassword: 'correct horse' }
    const ends: ((user: TestUser) => Promise<Answer>)[] = [
      ({ token }) => parley.call('POST', '/auth/logout', { token }),
      ({ refreshToken }) => parley.call('POST', '/auth/logout', { body: { refreshToken } }),
      // from another session, for the one that it is changed in goes on
      () => parley.call('POST', '/auth/password', { token: ada.token, body: password }),
    ]
    for (const end of ends)
      for (let round = 0; round < 5; round++) {
        const user = await parley.login(ada)
        const [stolen, ended] = await Promise.all([refresh(user.refreshToken), end(user)])
        expect(ended.status).to.equal(204)
        if (stolen.status !== 200) continue
        const { accessToken, refreshToken } = stolen.body as Tokens
        expect(await statusOf(accessToken)).to.equal(401)
        expect((await refresh(refreshToken)).status).to.equal(401)
      }
  })

  it('is not accepted as an access token, nor an access token as a refresh token, and cannot end the session of another user', async () => {
    expect(await statusOf(ada.refreshToken)).to.equal(401)
    expect((await refresh(ada.token)).body).to.include({ status: 400, code: 'validation-failed' })
    const eve = await parley.register('Eve')
    const used = await refresh(eve.refreshToken)
    await parley.call('POST', '/auth/refresh', { token: ada.token, body: { refreshToken: eve.refreshToken } })
    expect(await statusOf((used.body as Tokens).accessToken)).to.equal(401)
    expect(await statusOf(ada.token)).to.equal(200)
  })

  it('made up by a client is refused, and a client cannot choose its session id', async () => {
    for (const made of ['A'.repeat(43), randomUUID(), `' or 1=1 --`, '%', '__proto__'])
      expect((await refresh(made)).body).to.include({ status: 401, code: 'invalid-refresh-token' })
    const sidOf = (token: string): unknown =>
      (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: unknown }).sid
    const sid = randomUUID()
    const headers = { 'x-session-id': sid, cookie: `sid=${sid}; session=${sid}`, authorization: `Bearer ${ada.token}` }
    const body = { email: ada.email, password: 'correct horse' }
    const { body: session } = await parley.call('POST', '/auth/login', { body, headers })
    expect(sidOf((session as Tokens).accessToken)).to.not.be.oneOf([sid, sidOf(ada.token)])
  })
})
