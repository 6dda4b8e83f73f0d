import { expect } from 'chai'
import { createApi, createSession, memoryTokens, ParleyError, type Session } from '../../packages/client/src/index.js'
import { changeRoles } from '../support/change-roles.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

const HOUR_MS = 3_600_000

describe('the session of a client', () => {
  let parley: TestApp
  let sessions: Session[]

  before(async () => {
    parley = await startTestApp()
  })
  beforeEach(() => {
    sessions = []
  })
  afterEach(() => {
    for (const session of sessions) session.close()
  })
  after(() => parley[Symbol.asyncDispose]())

  /** Its refreshes are counted; `answer` may lose what the server answers. */
  async function setUp(answer: (path: string, response: Response) => Response = (_, response) => response) {
    const refreshes: (string | null)[] = []
    let now = Date.now()
    const counting: typeof fetch = async (input, init) => {
      const path = new URL(input instanceof Request ? input.url : input).pathname
      if (path === '/auth/refresh') refreshes.push(new Headers(init?.headers).get('idempotency-key'))
      return answer(path, await fetch(input, init))
    }
    const tokens = memoryTokens()
    const http = { url: parley.app.url, fetch: counting }
    const session = createSession({ ...http, tokens, now: () => now })
    sessions.push(session)
    const user = await session.register({
      email: `u${sessions.length}-${now}@example.com`,
      password: 'correct horse',
      name: 'Ada',
    })
    return { session, tokens, user, refreshes, api: createApi({ ...http, session }), expire: () => (now += HOUR_MS) }
  }

  it('refreshes an expired token once, however many calls are made at the same time', async () => {
    const { api, refreshes, expire, user } = await setUp()
    expire()
    const answers = await Promise.all(Array.from({ length: 30 }, () => api.get('/users/me')))
    expect(answers.map(({ body }) => body.id)).to.deep.equal(Array.from({ length: 30 }, () => user.id))
    expect(refreshes).to.have.length(1)
  })

  it('refreshes once where the server refuses the token of many calls', async () => {
    const { api, refreshes, user } = await setUp()
    await changeRoles(parley.app, user.id, { to: ['analyst'] })
    const answers = await Promise.all(Array.from({ length: 30 }, () => api.get('/users/me')))
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 30 }, () => 200))
    expect(refreshes).to.have.length(1)
  })

  it('survives that the answer to a refresh is lost: its repeat gets the same tokens', async () => {
    let isLost = true
    const { api, refreshes, expire } = await setUp((path, response) => {
      if (path !== '/auth/refresh' || !isLost) return response
      isLost = false
      throw new TypeError('connection reset')
    })
    expire()
    const failure = await api.get('/users/me').catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(ParleyError).with.property('code', 'network-error')
    expect((await api.get('/users/me')).status).to.equal(200)
    expect(refreshes).to.have.length(2)
    expect(refreshes[0]).to.equal(refreshes[1])
  })

  it('has nobody logged in any more after the session was ended elsewhere', async () => {
    const { session, api, tokens, user, expire } = await setUp()
    const ended: unknown[] = []
    session.onChange((changed) => ended.push(changed))
    const { accessToken } = (await tokens.load()) ?? { accessToken: '' }
    await parley.call('POST', '/auth/logout', { token: accessToken, body: {} })
    expire()
    const failure = await api.get('/users/{id}', { path: { id: user.id } }).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(ParleyError).with.property('code', 'signed-out')
    expect(await session.userId()).to.equal(null)
    expect(ended).to.deep.equal([null])
  })

  it('ends with a logout, on the server too', async () => {
    const { session, tokens } = await setUp()
    const { refreshToken } = (await tokens.load()) ?? { refreshToken: '' }
    await session.logout()
    expect(await tokens.load()).to.equal(null)
    const { status } = await parley.call('POST', '/auth/refresh', { body: { refreshToken } })
    expect(status).to.equal(401)
  })

  it('reports a refusal with its code, status and fields', async () => {
    const { api } = await setUp()
    const failure = await api.patch('/users/me', { body: { name: '' } }).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(ParleyError).and.include({ code: 'validation-failed', status: 400 })
    expect((failure as ParleyError).errors.map(({ path }) => path)).to.deep.equal(['name'])
    expect((failure as ParleyError).requestId).to.be.a('string')
  })
})
