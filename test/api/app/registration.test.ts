import { createSecretKey, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { userStream } from '../../../src/domain/streams.js'
import { makeInvite } from '../../../src/identity/accounts/invites.js'
import { execute } from '../../support/test-database.js'
import { startTestApp, type Answer, type TestApp } from '../../support/test-app.js'
import { identityOf, PASSWORD } from './identity-app.js'

const newKey = (kid: string) => ({ kid, key: createSecretKey(randomBytes(32)) })

const ada = { email: 'ada@example.com', password: PASSWORD, name: 'Ada' }

const register = (parley: TestApp, more: object = {}): Promise<Answer> =>
  parley.call('POST', '/auth/register', { body: { ...ada, ...more } })

describe('registering over REST', () => {
  it('of two concurrent ones for one address exactly one succeeds, with one user in the log', async () => {
    await using parley = await startTestApp()
    const answers = await Promise.all(
      ['one of them', 'the other one'].map((password) => register(parley, { password })),
    )
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409])
    expect(answers.find(({ status }) => status === 409)!.body).to.include({ code: 'email-taken' })
    const { log } = parley.app.core
    const { events } = await log.readAll(log.start, 100)
    expect(events.filter(({ type }) => type === 'UserRegistered')).to.have.length(1)
  })

  it('the same request many times at once: exactly one is answered 201, the others that the address is taken', async () => {
    await using parley = await startTestApp()
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(parley)))
    const [created, ...refused] = answers.sort((a, b) => a.status - b.status)
    expect(created).to.include({ status: 201 })
    for (const { body } of refused) expect(body).to.include({ status: 409, code: 'email-taken' })
  })

  it('returns both tokens, and the address, not yet verified', async () => {
    await using parley = await startTestApp()
    const { body, headers } = await register(parley)
    const { user, ...tokens } = body as { user: { id: string } }
    expect(user).to.include({ email: ada.email, emailVerified: false, name: 'Ada' })
    expect(tokens)
      .to.include({ expiresInSeconds: 900 })
      .and.have.all.keys('accessToken', 'refreshToken', 'expiresInSeconds')
    const events = await parley.app.core.log.readStream(userStream(user.id), { limit: 10 })
    expect(events.map(({ type }) => type)).to.deep.equal(['UserRegistered', 'SessionOpened'])
    expect(headers.get('parley-position')).to.equal(events.at(-1)!.position)
    expect(
      (await parley.call('GET', `/users/${user.id}`, { token: (tokens as { accessToken: string }).accessToken })).body,
    ).to.not.have.property('email')
  })

  it('succeeds while the mail server refuses every mail', async () => {
    let tries = 0
    const mailer = { deliver: () => Promise.reject(new Error(`refused ${++tries}`)), close: () => undefined }
    await using parley = await startTestApp({}, { mailer })
    expect((await register(parley)).status).to.equal(201)
  })

  it('closed: is refused to everyone; existing users can log in', async () => {
    await using parley = await startTestApp({ registration: 'closed' })
    expect((await register(parley)).body).to.include({ status: 403, code: 'registration-closed' })
    expect((await register(parley, { email: 'x' })).body).to.include({ status: 400, code: 'validation-failed' })
  })

  it('invite: requires an invite, which works once', async () => {
    await using parley = await startTestApp({ registration: 'invite' })
    const invite = await makeInvite(parley.app.core.databases.main, new Date(Date.now() + 60_000))
    expect((await register(parley)).body).to.include({ status: 403, code: 'invalid-invite' })
    expect((await register(parley, { invite: 'x' })).body).to.include({ status: 403, code: 'invalid-invite' })
    expect((await register(parley, { invite })).status).to.equal(201)
    const second = await register(parley, { email: 'bob@example.com', invite })
    expect(second.body).to.include({ status: 403, code: 'invalid-invite' })
  })

  it('a failed login has the same answer for a wrong address and a wrong password', async () => {
    await using parley = await startTestApp()
    const identity = identityOf(parley)
    const { user } = await identity.register()
    const answers = [await identity.login(user.email, 'not it'), await identity.login('nobody@example.com', 'not it')]
    const told = answers.map(({ status, body, headers }) => {
      const { instance: _, ...problem } = body as { instance: string }
      return { status, problem, headers: [...headers].filter(([name]) => !['x-request-id', 'date'].includes(name)) }
    })
    expect(told[0]).to.deep.equal(told[1])
    expect(told[0]!.problem).to.include({ code: 'invalid-credentials' })
  })

  it('a token signed with a former key is valid until it expires, and so is its session', async () => {
    const identity = identityOf
    await using parley = await startTestApp()
    const { accessToken, refreshToken } = await identity(parley).register()
    const keys = parley.app.core.databases.tokenKeys
    const [old] = keys
    expect(keys).to.have.length(1)
    await parley.restart(() => Promise.resolve(), { tokenKeys: [newKey('newer'), old!] })
    expect((await parley.call('GET', '/users/me', { token: accessToken })).status).to.equal(200)
    const refreshed = await identity(parley).refresh(refreshToken)
    const { accessToken: newer } = refreshed.body as { accessToken: string }
    expect(JSON.parse(Buffer.from(newer.split('.')[0]!, 'base64url').toString())).to.include({ kid: 'newer' })

    await parley.restart(() => Promise.resolve(), { tokenKeys: [newKey('newest')] })
    expect((await parley.call('GET', '/users/me', { token: accessToken })).body).to.include({ code: 'invalid-token' })
    const after = await identity(parley).refresh((refreshed.body as { refreshToken: string }).refreshToken)
    expect(after.status).to.equal(200)
  })

  it('a session whose end was interrupted by a crash is ended by the next start', async () => {
    await using parley = await startTestApp()
    const { user } = await identityOf(parley).register()
    await parley.restart(async (url) => {
      await execute(url, `update sessions set revoked_at = now(), revoked_reason = 'logout', revoked_by = user_id`)
    })
    const events = (await identityOf(parley).events(user.id)) as { type: string; reason?: string }[]
    expect(events.map(({ type, reason }) => reason ?? type)).to.deep.equal(['SessionOpened', 'logout'])
  })
})
