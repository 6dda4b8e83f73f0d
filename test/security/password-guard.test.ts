import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { z } from 'zod'
import { routeList } from '../../src/api/route-list.js'
import {
  createPasswordGuard,
  type PasswordGuard,
  type PasswordSubject,
} from '../../src/identity/passwords/password-guard.js'
import { openRedis, type RedisConnection } from '../../src/limits/redis.js'
import { eventually } from '../support/eventually.js'
import { noFailures } from '../support/failure-report.js'
import { openTestRedis, type TestRedis } from '../support/redis.js'
import { startTestApp, type Answer } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const wrong = { code: 'invalid-credentials' }
const right = { userId: uuid('ada') }

type Outcome = 'right' | 'wrong' | 'refused'

const outcomeOf = (result: object): Outcome =>
  'retryAfterMs' in result ? 'refused' : 'code' in result ? 'wrong' : 'right'

/** A guard, and what it told of. */
function newGuard(redis: RedisConnection | null = null) {
  const refusals: string[] = []
  const failures: object[] = []
  const guard = createPasswordGuard({
    isOn: true,
    redis,
    hash,
    onFailed: (_source, whose) => failures.push(whose),
    onRefused: (limit) => refusals.push(limit),
  })
  const attempt = async (whose: PasswordSubject, ip: string, result: object = wrong, by: PasswordGuard = guard) =>
    outcomeOf(await by(whose, { ip, userAgent: '' }, () => Promise.resolve(result)))
  const attempts = async (times: number, whose: PasswordSubject, ip: string, result: object = wrong) => {
    const outcomes = await Promise.all(Array.from({ length: times }, () => attempt(whose, ip, result)))
    return outcomes.filter((outcome) => outcome === 'refused').length
  }
  return { guard, refusals, failures, attempt, attempts }
}

describe('failed passwords', () => {
  it('from one source for one address: ten, also concurrently; then even the right one is refused', async () => {
    const { attempts, attempt, refusals } = newGuard()
    const whose = { email: 'ada@example.com' }
    expect(await attempts(40, whose, '192.0.2.1')).to.equal(30)
    expect(await attempt({ email: ' ADA@example.com' }, '192.0.2.1', right)).to.equal('refused')
    expect(new Set(refusals)).to.deep.equal(new Set(['password-pair']))
    expect(await attempt(whose, '192.0.2.2', right)).to.equal('right')
    expect(await attempt({ email: 'bob@example.com' }, '192.0.2.1', right)).to.equal('right')
  })

  it('are checked one after another for one account and source, in any spelling and from any address of a /64', async () => {
    const { guard } = newGuard()
    let running = 0
    let most = 0
    const check = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return right
    }
    const spellings = ['ada@example.com', ' ADA@Example.com', 'ada@ｅxample.com', 'ada@example.com.']
    await Promise.all(
      spellings.map((email, index) => {
        const typed = { email, password: `guess ${index}` }
        return guard(typed, { ip: `2001:db8::${index + 1}`, userAgent: '' }, check)
      }),
    )
    expect(most).to.equal(1)
  })

  it('right passwords do not count, also concurrently', async () => {
    const { attempts } = newGuard()
    expect(await attempts(60, { email: 'ada@example.com' }, '192.0.2.1', right)).to.equal(0)
  })

  it('a check that failed with an error does not count', async () => {
    const { guard, attempt } = newGuard()
    const busy = () =>
      guard({ email: 'ada@example.com' }, { ip: '192.0.2.1', userAgent: '' }, () => Promise.reject(new Error('busy')))
    for (let time = 0; time < 20; time++) await busy().catch(() => undefined)
    expect(await attempt({ email: 'ada@example.com' }, '192.0.2.1', right)).to.equal('right')
  })

  it('from one source for many addresses: fifty; an IPv6 /64 is one source', async () => {
    const { attempt, refusals } = newGuard()
    const outcomes = []
    for (let index = 0; index < 51; index++)
      outcomes.push(await attempt({ email: `user${index}@example.com` }, `2001:db8::${index.toString(16)}`))
    expect(outcomes.indexOf('refused')).to.equal(50)
    expect(refusals).to.deep.equal(['password-source'])
  })

  it('from many sources for one address: thirty; then only sources that never logged in to it are refused', async () => {
    const { attempt, refusals } = newGuard()
    const whose = { email: 'ada@example.com' }
    expect(await attempt(whose, '192.0.2.200', right)).to.equal('right')
    const outcomes = []
    for (let index = 0; index < 31; index++) outcomes.push(await attempt(whose, `198.51.100.${index}`))
    expect(outcomes.indexOf('refused')).to.equal(30)
    expect(refusals).to.deep.equal(['password-address'])
    expect(await attempt(whose, '203.0.113.1', right)).to.equal('refused')
    expect(await attempt(whose, '192.0.2.200', right)).to.equal('right')
  })

  it('of a logged-in user for the own password: ten, from any source', async () => {
    const { attempt } = newGuard()
    const outcomes = []
    for (let index = 0; index < 11; index++)
      outcomes.push(await attempt({ userId: uuid('ada') }, `198.51.100.${index}`))
    expect(outcomes.indexOf('refused')).to.equal(10)
  })

  it('are recorded by user, or by a hash of what was typed, and never with the password', async () => {
    const { attempt, failures } = newGuard()
    await attempt({ email: 'Nobody@example.com' }, '192.0.2.1')
    await attempt({ email: 'ada@example.com' }, '192.0.2.1', { ...wrong, userId: uuid('ada') })
    await attempt({ userId: uuid('bob') }, '192.0.2.1')
    expect(failures).to.deep.equal([
      { subject: 'nobody@example.com' },
      { userId: uuid('ada') },
      { userId: uuid('bob') },
    ])
  })
})

describe('failed passwords on two nodes of one Redis', () => {
  let redis: TestRedis | null
  let connections: RedisConnection[]

  before(async function () {
    redis = await openTestRedis()
    if (redis === null) return this.skip()
    const { url } = redis
    connections = [0, 1].map(() => openRedis({ url, report: noFailures }))
    await eventually(async () => {
      for (const connection of connections) expect((await connection.health()).status).to.equal('ok')
    })
  })

  after(async () => {
    for (const connection of connections) await connection[Symbol.asyncDispose]()
    await redis?.[Symbol.asyncDispose]()
  })

  it('are counted together, and a known source is known to both', async () => {
    const [first, second] = connections.map(newGuard) as [ReturnType<typeof newGuard>, ReturnType<typeof newGuard>]
    const whose = { email: `${uuid('shared')}@example.com` }
    expect(await first.attempt(whose, '192.0.2.200', right)).to.equal('right')
    const outcomes = []
    for (let index = 0; index < 31; index++)
      outcomes.push(await (index % 2 === 0 ? first : second).attempt(whose, `198.51.100.${index}`))
    expect(outcomes.indexOf('refused')).to.equal(30)
    expect(await second.attempt(whose, '192.0.2.200', right)).to.equal('right')
  })

  it('Redis stores neither email nor IP addresses', async () => {
    const [guarded] = connections.map(newGuard) as [ReturnType<typeof newGuard>]
    await guarded.attempt({ email: 'grace.hopper@example.com' }, '203.0.113.77', right)
    await guarded.attempt({ email: 'grace.hopper@example.com' }, '203.0.113.78')
    const keys = await connections[0]!.client.keys('*')
    expect(keys.length).to.be.greaterThan(2)
    expect(keys.join()).not.to.match(/hopper|203\.0/)
  })
})

describe('every route that takes a password', () => {
  /** A guess of somebody's password, at each route of which the body has one to be checked. */
  const guesses: Record<string, (email: string) => object> = {
    '/auth/register': (email) => ({ email, password: 'a guess of it', name: 'Eve' }),
    '/auth/login': (email) => ({ email, password: 'a guess of it' }),
    '/auth/password': () => ({ currentPassword: 'a guess of it', newPassword: 'another one' }),
    '/auth/email': () => ({ password: 'a guess of it', newEmail: 'eve@example.org' }),
    '/users/me/erasure': () => ({ password: 'a guess of it' }),
  }

  it('refuses the eleventh guess, and then the right one', async () => {
    const takingOne = routeList.filter(({ body }) =>
      ['password', 'currentPassword'].some((field) => body instanceof z.ZodObject && field in body.shape),
    )
    expect(takingOne.map(({ path }) => path)).to.have.members(Object.keys(guesses))
    for (const { path } of takingOne) {
      await using parley = await startTestApp({ rateLimits: true })
      const ada = await parley.register('Ada')
      const guess = (more: object = {}): Promise<Answer> =>
        parley.call('POST', path, { token: ada.token, body: { ...guesses[path]!(ada.email), ...more } })
      for (let time = 0; time < 10; time++) expect((await guess()).status, path).to.be.oneOf([401, 409])
      const right = path === '/auth/password' ? { currentPassword: 'correct horse' } : { password: 'correct horse' }
      for (const refused of [await guess(), await guess(right)])
        expect(refused.body, path).to.include({ status: 429, code: 'rate-limited' })
    }
  })

  it('uses the guard: login and register', async () => {
    await using parley = await startTestApp({ rateLimits: true })
    const ada = await parley.register('Ada')
    const login = (email: string, password: string): Promise<Answer> =>
      parley.call('POST', '/auth/login', { body: { email, password } })
    const register = (): Promise<Answer> =>
      parley.call('POST', '/auth/register', { body: { email: ada.email, password: 'a guess of it', name: 'Eve' } })

    for (let index = 0; index < 5; index++) expect((await login(ada.email, 'wrong')).status).to.equal(401)
    for (let index = 0; index < 5; index++) expect((await register()).status).to.equal(409)
    for (const refused of [await login(ada.email, 'correct horse'), await register()]) {
      expect(refused.body).to.include({ status: 429, code: 'rate-limited' })
      expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 900)
      expect(refused.headers.get('ratelimit-policy')).to.equal('"password-pair";q=10;w=900')
    }
    const metrics = (await parley.call('GET', '/metrics')).body as string
    expect(metrics).to.match(/login_failures_total 5/)
    expect(metrics).to.match(/rate_limited_total\{limit="password-pair"\} 2/)
  })
})
