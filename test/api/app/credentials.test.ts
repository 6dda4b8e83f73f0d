import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { eventually } from '../../support/eventually.js'
import { execute } from '../../support/test-database.js'
import { startTestApp, type TestApp } from '../../support/test-app.js'
import { botsOf } from './bots.js'
import { claimsOf, identityOf, PASSWORD, type SignedIn } from './identity-app.js'

const NEW = 'battery staple'
const wrong = { status: 401, code: 'invalid-credentials' }
const dead = { status: 400, code: 'invalid-link' }

describe('passwords and addresses over REST', () => {
  let parley: TestApp
  let now = new Date('2026-11-22T10:00:00.000Z')
  let identity: ReturnType<typeof identityOf>
  let ada: SignedIn
  let phone: SignedIn
  const pass = (ms: number): void => void (now = new Date(now.getTime() + ms))
  const post = (path: string, body: object, token?: string, headers = {}) =>
    parley.call('POST', path, { body, headers, ...(token === undefined ? {} : { token }) })
  const me = async (token: string): Promise<{ email: string; emailVerified: boolean }> =>
    (await parley.call('GET', '/users/me', { token })).body as { email: string; emailVerified: boolean }
  const reasons = async (): Promise<unknown[]> =>
    ((await identity.events(ada.user.id)) as { type: string; reason?: string }[])
      .filter(({ type }) => type !== 'SessionOpened')
      .map(({ type, reason }) => reason ?? type)

  before(async () => {
    parley = await startTestApp({}, { clock: () => now })
    identity = identityOf(parley)
  })
  beforeEach(async () => {
    ada = await identity.register()
    phone = await identity.loggedIn(ada.user.email)
  })
  after(() => parley[Symbol.asyncDispose]())

  it('an address is verified by the mail of the registration, once', async () => {
    expect(ada.user.emailVerified).to.equal(false)
    const token = await identity.tokenTo(ada.user.email, /confirm/)
    expect((await post('/auth/email/confirm', { token })).status).to.equal(204)
    expect(await me(ada.accessToken)).to.include({ email: ada.user.email, emailVerified: true })
    expect((await post('/auth/email/confirm', { token })).body).to.include(dead)
  })

  it('a link uses PUBLIC_URL, whatever the Host header, and contains no address', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' }
    await post('/auth/password-reset', { email: ada.user.email }, undefined, headers)
    const { text } = await identity.mailTo(ada.user.email, /new password/)
    expect(text).to.include('https://chat.example.com/reset-password#token=')
    expect(text).not.to.match(/evil|@/)
  })

  it('a password change requires the current one, ends the other sessions and keeps this one', async () => {
    pass(3_600_000)
    const { accessToken: token } = (await identity.refresh(ada.refreshToken, 'k')).body as SignedIn
    const change = (currentPassword: string) => post('/auth/password', { currentPassword, newPassword: NEW }, token)
    expect((await change('not it at all')).body).to.include(wrong)
    expect(await reasons()).to.deep.equal([])
    expect((await change(PASSWORD)).status).to.equal(204)
    expect(await reasons()).to.deep.equal(['PasswordChanged', 'password-changed'])
    expect((await identity.login(ada.user.email)).body).to.include(wrong)
    await identity.loggedIn(ada.user.email, NEW)
    expect((await identity.refresh(phone.refreshToken)).status).to.equal(401)
    const { refreshToken } = (await identity.refresh(ada.refreshToken, 'k')).body as SignedIn
    const { accessToken } = (await identity.refresh(refreshToken)).body as SignedIn
    expect(claimsOf(accessToken).auth_time).to.equal(now.getTime() / 1_000)
    await identity.mailTo(ada.user.email, /password was changed/)
  })

  it('tokens of bots outlive a change, whose mail lists them, and a reset with keepBots; any other reset ends them', async () => {
    const bots = botsOf(parley)
    const owner = { token: ada.accessToken }
    const bot = await bots.create(owner, 'Robot')
    await bots.create(owner, 'Without tokens')
    const { token } = await bots.token(owner, bot, [randomUUID()])
    const works = async () => (await parley.call('GET', '/users/me', { token })).status
    await post('/auth/password', { currentPassword: PASSWORD, newPassword: NEW }, ada.accessToken)
    const { text } = await identity.mailTo(ada.user.email, /password was changed/)
    expect(text).to.include(`Robot (${bot}): 1`).and.not.include('Without tokens')
    expect(await works()).to.equal(200)
    for (const [query, status] of [
      ['?keepBots=true', 200],
      ['', 401],
    ] as const) {
      parley.mails.splice(0)
      await post('/auth/password-reset', { email: ada.user.email })
      const link = await identity.tokenTo(ada.user.email, /new password/)
      const confirmed = await post(`/auth/password-reset/confirm${query}`, { token: link, newPassword: PASSWORD })
      expect(confirmed.status).to.equal(204)
      await eventually(async () => expect(await works(), query).to.equal(status))
    }
    expect(
      (await post('/auth/password-reset/confirm?keepBots=maybe', { token: 'x', newPassword: NEW })).status,
    ).to.equal(400)
  })

  it('invalid new passwords are refused, and nothing is changed', async () => {
    const short = await post('/auth/password', { currentPassword: PASSWORD, newPassword: 'short' }, ada.accessToken)
    expect(short.body).to.include({ status: 400, code: 'validation-failed' })
    const reset = await post('/auth/password-reset/confirm', { token: 'x', newPassword: 'short' })
    expect(reset.body).to.include({ status: 400, code: 'validation-failed' })
  })

  const weak = ['iloveyou', 'PASSWORD1', '        ']

  for (const newPassword of weak) {
    it(`a weak password is refused with the reason when it is set, by whatever way: ${JSON.stringify(newPassword)}`, async () => {
      await post('/auth/password-reset', { email: ada.user.email })
      const token = await identity.tokenTo(ada.user.email, /new password/)
      const refusals = [
        await post('/auth/password', { currentPassword: PASSWORD, newPassword }, ada.accessToken),
        await post('/auth/password-reset/confirm', { token, newPassword }),
      ]
      const registering = { email: 'new@example.com', password: newPassword, name: 'New' }
      for (const { body } of refusals) {
        expect(body).to.include({ status: 400, code: 'validation-failed' })
        expect(body).to.have.nested.property('errors[0].path', 'newPassword')
      }
      const registered = await post('/auth/register', registering)
      expect(registered.body).to.include({ status: 400, code: 'validation-failed' })
      expect(registered.body).to.have.nested.property('errors[0].path', 'password')
      // The link is not used up, and the password is what it was.
      expect((await post('/auth/password-reset/confirm', { token, newPassword: NEW })).status).to.equal(204)
    })
  }

  it('the own name and address are refused as a password, also by who resets it; at login nothing is refused', async () => {
    const local = ada.user.email.slice(0, ada.user.email.indexOf('@'))
    for (const newPassword of [ada.user.email.toUpperCase(), local]) {
      const { body } = await post('/auth/password', { currentPassword: PASSWORD, newPassword }, ada.accessToken)
      expect(body).to.include({ status: 400, code: 'validation-failed' })
    }
    await parley.call('PATCH', '/users/me', { token: ada.accessToken, body: { name: 'Ada Lovelace' } })
    const { body } = await post(
      '/auth/password',
      { currentPassword: PASSWORD, newPassword: 'ada LOVELACE' },
      ada.accessToken,
    )
    expect(body).to.include({ status: 400, code: 'validation-failed' })
    expect((await post('/auth/login', { email: ada.user.email, password: 'iloveyou' })).body).to.include(wrong)
  })

  it('a reset can be requested by anyone, with the same answer for known and unknown addresses', async () => {
    const [known, unknown] = [
      await post('/auth/password-reset', { email: ada.user.email }),
      await post('/auth/password-reset', { email: 'nobody@example.com' }),
    ]
    const bare = ({ headers }: { headers: Headers }) =>
      [...headers].filter(([name]) => !['x-request-id', 'date'].includes(name))
    expect([known.status, known.body, bare(known)]).to.deep.equal([unknown.status, unknown.body, bare(unknown)])
    expect(known.status).to.equal(202)
    await identity.mailTo(ada.user.email, /new password/)
    expect(parley.mails.filter(({ to }) => to === 'nobody@example.com')).to.deep.equal([])
  })

  it('a reset ends every session, verifies the address, and works once', async () => {
    await post('/auth/password-reset', { email: ada.user.email.toUpperCase() })
    const token = await identity.tokenTo(ada.user.email, /new password/)
    const reset = () => post('/auth/password-reset/confirm', { token, newPassword: NEW })
    expect((await reset()).status).to.equal(204)
    expect((await reset()).body).to.include(dead)
    expect(await reasons()).to.deep.equal(['PasswordChanged', 'password-reset', 'password-reset'])
    for (const { refreshToken } of [ada, phone]) expect((await identity.refresh(refreshToken)).status).to.equal(401)
    const { user } = await identity.loggedIn(ada.user.email, NEW)
    expect(user.emailVerified).to.equal(true)
  })

  it('of many concurrent uses of one link one succeeds', async () => {
    await post('/auth/password-reset', { email: ada.user.email })
    const token = await identity.tokenTo(ada.user.email, /new password/)
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => post('/auth/password-reset/confirm', { token, newPassword: `${NEW} ${n}` })),
    )
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, 400, 400, 400, 400])
    const winner = answers.findIndex(({ status }) => status === 204)
    await identity.loggedIn(ada.user.email, `${NEW} ${winner}`)
  })

  describe('a link for a new password is invalid', () => {
    let token: string
    const tryIt = () => post('/auth/password-reset/confirm', { token, newPassword: 'whatever it is' })

    beforeEach(async () => {
      await post('/auth/password-reset', { email: ada.user.email })
      token = await identity.tokenTo(ada.user.email, /new password/)
    })

    it('after 30 minutes', async () => {
      pass(30 * 60_000)
      expect((await tryIt()).body).to.include(dead)
    })

    it('after the password changed', async () => {
      const change = { currentPassword: PASSWORD, newPassword: NEW }
      expect((await post('/auth/password', change, ada.accessToken)).status).to.equal(204)
      expect((await tryIt()).body).to.include(dead)
      await identity.loggedIn(ada.user.email, NEW)
    })

    it('after another link was used', async () => {
      await parley.call('POST', '/auth/password-reset', { body: { email: ada.user.email } })
      const other = await eventually(async () => {
        const latest = await identity.tokenTo(ada.user.email, /new password/)
        expect(latest).not.to.equal(token)
        return latest
      })
      const used = await post('/auth/password-reset/confirm', { token: other, newPassword: NEW })
      expect(used.status).to.equal(204)
      expect((await tryIt()).body).to.include(dead)
    })

    it('after the address changed', async () => {
      await changeEmail(`new-${ada.user.email}`)
      expect((await tryIt()).body).to.include(dead)
    })

    it('as a link that confirms an address', async () => {
      expect((await post('/auth/email/confirm', { token })).body).to.include(dead)
    })
  })

  it('a new address takes effect once it is verified, and both addresses are notified', async () => {
    const newEmail = `new-${ada.user.email}`
    const ask = (password: string) =>
      post('/auth/email', { password, newEmail: newEmail.toUpperCase() }, ada.accessToken)
    expect((await ask('not it at all')).body).to.include(wrong)
    expect((await ask(PASSWORD)).status).to.equal(202)
    await identity.mailTo(ada.user.email, /about to change/)
    const token = await identity.tokenTo(newEmail, /confirm/)
    expect(await me(ada.accessToken)).to.include({ email: ada.user.email })
    expect((await post('/auth/email/confirm', { token })).status).to.equal(204)
    expect(await me(ada.accessToken)).to.include({ email: newEmail, emailVerified: true })
    await identity.mailTo(ada.user.email, /address was changed/)
    expect((await identity.login(ada.user.email)).body).to.include(wrong)
    await identity.loggedIn(newEmail)
  })

  it('a pending change of address is cancelled by a change of password', async () => {
    const newEmail = `new-${ada.user.email}`
    await post('/auth/email', { password: PASSWORD, newEmail }, ada.accessToken)
    const token = await identity.tokenTo(newEmail, /confirm/)
    await post('/auth/password', { currentPassword: PASSWORD, newPassword: NEW }, ada.accessToken)
    expect((await post('/auth/email/confirm', { token })).body).to.include(dead)
  })

  it('an address of another account is neither revealed nor taken over', async () => {
    const eve = await identity.register()
    const asked = await post('/auth/email', { password: PASSWORD, newEmail: ada.user.email }, eve.accessToken)
    expect([asked.status, asked.body]).to.deep.equal([202, ''])
    await identity.mailTo(eve.user.email, /about to change/)
    expect(parley.mails.filter(({ to }) => to === ada.user.email).map(({ subject }) => subject)).to.have.length(1)
  })

  it('an address that was registered by another account meanwhile stays with it', async () => {
    const newEmail = `new-${ada.user.email}`
    await post('/auth/email', { password: PASSWORD, newEmail }, ada.accessToken)
    const token = await identity.tokenTo(newEmail, /confirm/)
    const other = await identity.register(newEmail)
    expect((await post('/auth/email/confirm', { token })).body).to.include({ status: 409, code: 'email-taken' })
    expect(await me(other.accessToken)).to.include({ email: newEmail })
    expect(await me(ada.accessToken)).to.include({ email: ada.user.email })
  })

  it('no token, password or address is stored in clear text where it must not be', async () => {
    await post('/auth/password-reset', { email: ada.user.email })
    const mailed = await identity.tokenTo(ada.user.email, /new password/)
    const { databases, log } = parley.app.core
    const rows = await execute<object>(
      databases.mainUrl,
      `select (select string_agg(r::text, '') from refresh_tokens r) as refresh,
         (select string_agg(m::text, '') from mailed_tokens m) as mailed,
         (select string_agg(s::text, '') from sessions s) as sessions`,
    )
    const kept = JSON.stringify(rows)
    for (const secret of [ada.refreshToken, phone.refreshToken, mailed]) {
      expect(kept).not.to.include(secret)
      expect(kept).not.to.include(Buffer.from(secret).toString('hex'))
    }
    const { events } = await log.readAll(log.start, 1_000)
    expect(JSON.stringify(events.map(({ data, metadata }) => data + metadata))).not.to.include('@example.com')
  })

  async function changeEmail(newEmail: string): Promise<void> {
    await post('/auth/email', { password: PASSWORD, newEmail }, ada.accessToken)
    const token = await identity.tokenTo(newEmail, /confirm/)
    expect((await post('/auth/email/confirm', { token })).status).to.equal(204)
  }
})
