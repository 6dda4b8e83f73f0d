import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { botsOf } from '../api/app/bots.js'
import { createClub } from '../api/app/club.js'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

const PASSWORD = 'correct horse'

describe('a deactivated user', () => {
  let parley: TestApp
  let admin: TestUser
  let ada: TestUser

  before(async () => {
    parley = await startTestApp()
    admin = await parley.withRoles('Root', 'admin')
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    ada = await parley.register('Ada')
  })

  const post = (path: string, body: object, token?: string) =>
    parley.call('POST', path, { body, ...(token !== undefined && { token }) })
  const linkTo = (email: string, subject: RegExp): Promise<string> =>
    eventually(() => {
      const mail = parley.mails.findLast(({ to, subject: of }) => to === email.toLowerCase() && subject.test(of))
      return /#token=(\S+)/.exec(mail!.text)![1]!
    })
  const deactivate = async (): Promise<void> => {
    const { status } = await parley.call('POST', `/users/${ada.id}/deactivate`, { token: admin.token })
    expect(status).to.equal(204)
  }

  it('gets no token by login, refresh, or a link mailed before or after', async () => {
    await post('/auth/password-reset', { email: ada.email })
    const before = await linkTo(ada.email, /new password/)
    await deactivate()
    expect((await post('/auth/login', { email: ada.email, password: PASSWORD })).status).to.equal(403)
    expect((await post('/auth/refresh', { refreshToken: ada.refreshToken })).status).to.equal(401)
    const reset = await post('/auth/password-reset/confirm', { token: before, newPassword: 'battery staple' })
    expect(reset.body === '' || reset.status === 400).to.equal(true)
    for (const password of [PASSWORD, 'battery staple']) {
      const { status, body } = await post('/auth/login', { email: ada.email, password })
      expect(status).to.be.oneOf([401, 403])
      expect(body).to.not.have.property('accessToken')
    }
  })

  it('has no active sessions, sockets or bots', async () => {
    const club = await createClub(parley, ada, [])
    const bots = botsOf(parley)
    const botId = await bots.create(ada, 'Helper')
    await club.call(ada, 'POST', '/participants', { userId: botId })
    const { token: botToken } = await bots.token(ada, botId, [club.id])
    const socket = parley.socket(ada.token)
    await next(socket, 'ready')
    const cut = next(socket, 'disconnect')
    await deactivate()
    await cut
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(401)
    await eventually(async () => {
      const sent = await post(`/chats/${club.id}/messages`, { content: 'hi' }, botToken)
      expect(sent.status).to.be.oneOf([401, 403])
    })
    expect((await post(`/bots/${botId}/tokens`, { chatIds: [club.id] }, ada.token)).status).to.equal(401)
  })

  it('keeps the email address and the name reserved', async () => {
    await deactivate()
    const again = await post('/auth/register', { email: ada.email, password: 'battery staple', name: 'Ada' })
    expect(again.body).to.include({ status: 409, code: 'email-taken' })
  })
})

describe('a token for one purpose', () => {
  let parley: TestApp
  let ada: TestUser
  let eve: TestUser

  before(async () => {
    parley = await startTestApp()
    ;[ada, eve] = [await parley.register('Ada'), await parley.register('Eve')]
  })
  after(() => parley[Symbol.asyncDispose]())

  const post = (path: string, body: object, token?: string) =>
    parley.call('POST', path, { body, ...(token !== undefined && { token }) })

  it('is refused elsewhere: a bot token ends no session, changes no password and creates no bot', async () => {
    const club = await createClub(parley, ada, [])
    const bots = botsOf(parley)
    const botId = await bots.create(ada, 'Helper')
    await club.call(ada, 'POST', '/participants', { userId: botId })
    const { token } = await bots.token(ada, botId, [club.id])
    const attempts = await Promise.all([
      post('/auth/logout', {}, token),
      post('/auth/password', { currentPassword: PASSWORD, newPassword: 'battery staple' }, token),
      post('/auth/email', { password: PASSWORD, newEmail: 'eve@example.com' }, token),
      parley.call('GET', '/auth/sessions', { token }),
      parley.call('DELETE', '/auth/sessions?except=current', { token }),
      parley.call('PATCH', '/users/me', { token, body: { name: 'Eve', addableBy: 'nobody' } }),
      post('/bots', { name: 'Child' }, token),
      post(`/bots/${botId}/tokens`, { chatIds: [club.id] }, token),
      post('/chats', { participantIds: [eve.id] }, token),
      post(`/chats/${club.id}/participants`, { userId: eve.id }, token),
      post(`/chats/${club.id}/invites`, {}, token),
      parley.call('PUT', `/users/me/blocks/${eve.id}`, { token }),
    ])
    for (const { status, body } of attempts)
      expect([status, body]).to.deep.equal([403, { ...Object(body), status: 403 }])
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
  })

  it('is not accepted in place of another: refresh token, mailed token, bot token', async () => {
    await post('/auth/password-reset', { email: ada.email })
    const mailed = await eventually(() => {
      const mail = parley.mails.findLast(
        ({ to, subject }) => to === ada.email.toLowerCase() && /new pass/.test(subject),
      )
      return /#token=(\S+)/.exec(mail!.text)![1]!
    })
    for (const token of [ada.refreshToken, mailed, ada.token]) {
      if (token !== ada.refreshToken)
        expect((await post('/auth/refresh', { refreshToken: token })).status, 'refresh').to.be.oneOf([400, 401])
      if (token !== ada.token) expect((await parley.call('GET', '/users/me', { token })).status, 'access').to.equal(401)
      if (token !== mailed) {
        const { status } = await post('/auth/password-reset/confirm', { token, newPassword: 'battery staple' })
        expect(status, 'reset').to.equal(400)
      }
      expect((await post('/auth/email/confirm', { token })).status, 'confirm').to.equal(400)
    }
    expect((await post('/auth/login', { email: ada.email, password: PASSWORD })).status).to.equal(200)
  })

  it('a session can be ended, listed and re-authenticated by its own user only', async () => {
    const [mine] = (await parley.call('GET', '/auth/sessions', { token: ada.token })).body as { id: string }[]
    const ended = await parley.call('DELETE', `/auth/sessions/${mine!.id}`, { token: eve.token })
    expect(ended.body).to.include({ status: 404, code: 'session-not-found' })
    const listed = (await parley.call('GET', '/auth/sessions', { token: eve.token })).body as { id: string }[]
    expect(listed.map(({ id }) => id)).to.not.include(mine!.id)
    const socket = parley.socket(eve.token)
    await next(socket, 'ready')
    const answer = (await socket.timeout(30_000).emitWithAck('authenticate', { token: ada.token })) as { ok: boolean }
    expect(answer.ok).to.equal(false)
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
  })
})
