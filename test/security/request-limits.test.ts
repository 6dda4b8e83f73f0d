import { expect } from 'chai'
import { createLocalWindow } from '../../src/limits/local-window.js'
import { createRequestLimits } from '../../src/limits/request-limits.js'
import { next, startTestApp, type Answer } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'

describe('a rate limit window in the memory of a node', () => {
  it('starts with the first request, allows its limit, and then returns the time until it resets', () => {
    let now = 1_000
    const window = createLocalWindow({ name: 'w', points: 2, seconds: 60, now: () => now })
    expect(window.take('a')).to.deep.equal({ name: 'w', limit: 2, windowSeconds: 60, remaining: 1, resetMs: 60_000 })
    now += 20_000
    expect(window.take('a')).to.include({ remaining: 0, resetMs: 40_000 })
    expect(window.refusalOf('a')).to.include({ remaining: 0, retryAfterMs: 40_000 })
    expect(window.take('a')).to.include({ remaining: 0, retryAfterMs: 40_000 })
    expect(window.take('b')).to.include({ remaining: 1 })
    now += 40_000
    expect(window.refusalOf('a')).to.equal(null)
    expect(window.take('a')).to.include({ remaining: 1, resetMs: 60_000 })
  })

  it('never returns a time longer than its length', () => {
    const window = createLocalWindow({ name: 'w', points: 1, seconds: 60, now: () => 24_901.178_013_374_47 })
    expect(window.take('a').resetMs).to.equal(60_000)
  })

  it('remembers a limited number of keys', () => {
    const window = createLocalWindow({ name: 'w', points: 1, seconds: 60 })
    window.take('first')
    for (let key = 0; key < 50_000; key++) window.take(String(key))
    expect(window.refusalOf('first')).to.equal(null)
    expect(window.refusalOf('49999')).not.to.equal(null)
  })
})

describe('rate limits of requests', () => {
  const told: string[] = []
  const newLimits = (isOn: boolean) =>
    createRequestLimits({
      isOn,
      onRefused: (limit, { ip }, userId) => told.push(`${limit} ${ip} ${userId}`),
      perUser: 2,
      perAddress: 1,
    })

  it('count by user where logged in, else by address, IPv6 addresses by their /64', () => {
    const limits = newLimits(true)
    const at = (ip: string) => ({ ip, userAgent: '' })
    const isRefused = (ip: string, userId: string | null): boolean => 'retryAfterMs' in limits.take(at(ip), userId)!
    expect([isRefused('192.0.2.1', 'ada'), isRefused('192.0.2.2', 'ada'), isRefused('192.0.2.3', 'ada')]).to.deep.equal(
      [false, false, true],
    )
    expect([isRefused('192.0.2.1', null), isRefused('192.0.2.1', null)]).to.deep.equal([false, true])
    expect([isRefused('2001:db8::1', null), isRefused('2001:db8::2', null)]).to.deep.equal([false, true])
    expect(told).to.deep.equal(['requests 192.0.2.3 ada', 'address 192.0.2.1 null', 'address 2001:db8::2 null'])
  })

  it('can be turned off', () => {
    const limits = newLimits(false)
    for (let time = 0; time < 5; time++) expect(limits.take({ ip: '192.0.2.1', userAgent: '' }, null)).to.equal(null)
    expect(limits.isSpent('192.0.2.1')).to.equal(false)
  })
})

describe('rate limits of requests, over REST and sockets', () => {
  it('are in the RateLimit headers of each answer, which are exposed across origins', async () => {
    await using parley = await startTestApp({ rateLimits: true })
    const ada = await parley.register('Ada')
    const { headers } = await parley.call('GET', '/users/me', { token: ada.token })
    expect(headers.get('ratelimit-policy')).to.equal('"requests";q=3000;w=60')
    expect(headers.get('ratelimit')).to.match(/^"requests";r=2999;t=60$/)
    const open = await parley.call('GET', '/openapi.json')
    expect(open.headers.get('ratelimit-policy')).to.equal('"address";q=1200;w=60')
  })

  it('apply to unauthenticated requests and unknown paths, but not to monitoring', async () => {
    await using parley = await startTestApp({ rateLimits: true })
    const ada = await parley.register('Ada')
    const refusals = ['/chats', '/nowhere', '/users/%E0%A4%A']
    const ask = async (path: string): Promise<number> => (await parley.call('GET', path, { token: 'forged' })).status
    const statuses = new Set<number>()
    for (let round = 0; round < 60; round++)
      for (const status of await Promise.all(Array.from({ length: 20 }, (_, index) => ask(refusals[index % 3]!))))
        statuses.add(status)
    expect(statuses).to.include(429)
    expect((await parley.call('GET', '/nowhere')).body).to.include({ status: 429, code: 'rate-limited' })
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await parley.call('GET', path)).status).to.equal(200)
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
    const socket = parley.socket(ada.token)
    await next(socket, 'connect_error')
  })

  it('apply to socket events, except messages, which have a limit of their own', async () => {
    await using parley = await startTestApp({ rateLimits: true, rateLimitMessagesPerMinute: 0 })
    const ada = await parley.register('Ada')
    const created = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Team' },
    })
    const chatId = (created.body as { id: string }).id
    const socket = parley.socket(ada.token)
    await next(socket, 'ready')
    const ask = (event: string, payload: object) =>
      socket.emitWithAck(event, payload) as Promise<{ ok: boolean; error?: { code: string } }>
    let refused = null
    for (let round = 0; round < 100 && refused === null; round++) {
      const acks = await Promise.all(Array.from({ length: 40 }, () => ask('read', { chatId: uuid('none'), seq: 1 })))
      refused = acks.find(({ error }) => error?.code === 'rate-limited') ?? null
    }
    expect(refused).not.to.equal(null)
    expect((await parley.call('GET', '/chats', { token: ada.token })).status).to.equal(429)
    expect((await ask('send_message', { chatId, content: 'hi' })).ok).to.equal(true)
    const sent = await parley.call('POST', `/chats/${chatId}/messages`, { token: ada.token, body: { content: 'hi' } })
    expect(sent.status).to.equal(201)
  })

  it('apply to refused messages, which do not count for the message limit', async () => {
    await using parley = await startTestApp({ rateLimits: true, rateLimitMessagesPerMinute: 30 })
    const ada = await parley.register('Ada')
    const body = { participantIds: [], name: 'Team' }
    const created = await parley.call('POST', '/chats', { token: ada.token, body })
    const path = `/chats/${(created.body as { id: string }).id}/messages`
    const socket = parley.socket(ada.token)
    await next(socket, 'ready')
    const codeOf = ({ body }: Answer): string => (body as { code: string }).code
    const ways = [
      async () =>
        ((await socket.emitWithAck('send_message', { chatId: 'none' })) as { error: { code: string } }).error.code,
      async () => codeOf(await parley.call('POST', path, { token: ada.token, body: { content: '' } })),
      async () =>
        codeOf(await parley.call('PATCH', `${path}/${uuid('none')}`, { token: ada.token, body: { text: 1 } })),
    ]
    const codes = new Set<string>()
    for (let round = 0; round < 20; round++)
      for (const code of await Promise.all(Array.from({ length: 33 }, (_, index) => ways[index % 3]!())))
        codes.add(code)
    expect([...codes].sort()).to.deep.equal(['message-empty', 'rate-limited', 'validation-failed'])
    for (const way of ways) expect(await way()).to.equal('rate-limited')
    const refused = await parley.call('POST', path, { token: ada.token, body: { content: 'hi' } })
    expect(refused.headers.get('ratelimit-policy')).to.equal('"refused-messages";q=600;w=60')
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
  })
})
