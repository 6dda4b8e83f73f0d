import { expect } from 'chai'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'

const PASSWORD = 'correct horse'

describe('limits against automation', () => {
  let parley: TestApp

  afterEach(() => parley[Symbol.asyncDispose]())

  const start = async (config: Parameters<typeof startTestApp>[0] = { rateLimits: true }): Promise<void> => {
    parley = await startTestApp({ trustedProxies: ['127.0.0.1'], ...config })
  }
  const from = (ip: string) => ({ 'x-forwarded-for': ip })
  const register = (email: string, ip: string): Promise<Answer> =>
    parley.call('POST', '/auth/register', { body: { email, password: PASSWORD, name: 'Somebody' }, headers: from(ip) })
  const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status)
  const limitOf = ({ headers }: Answer): string => headers.get('ratelimit')?.split(';')[0] ?? ''
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

  it('allows 20 registrations an hour from one source; failed ones do not count, and other sources are unaffected', async () => {
    await start()
    for (const n of numbers(20)) {
      expect((await register(`user${n}@example.com`, '192.0.2.1')).status).to.equal(201)
      if (n % 7 === 0) expect((await register(`user${n}@example.com`, '192.0.2.1')).status).to.equal(409)
    }
    const refused = await register('more@example.com', '192.0.2.1')
    expect(refused.body).to.include({ status: 429, code: 'rate-limited' })
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 3_600)
    expect(limitOf(refused)).to.equal('"registrations"')
    expect((await register('more@example.com', '192.0.2.2')).status).to.equal(201)
  })

  it('allows 3 registrations and mails a day for one mailbox, in any sub-address and spelling', async () => {
    await start()
    const spellings = ['victim@example.com', 'victim+1@example.com', 'VICTIM+2@Example.COM.', 'victim+3@ｅxample.com']
    const answers = []
    for (const [index, email] of spellings.entries()) answers.push(await register(email, `192.0.2.${index + 1}`))
    expect(statusesOf(answers)).to.deep.equal([201, 201, 201, 429])
    expect(limitOf(answers[3]!)).to.equal('"mailbox-registrations"')
    expect((await register('somebody+else@example.com', '192.0.2.9')).status).to.equal(201)
  })

  it('concurrent registrations cannot exceed the limit', async () => {
    await start()
    const answers = await Promise.all(numbers(25).map((n) => register(`user${n}@example.com`, '192.0.2.1')))
    const statuses = statusesOf(answers)
    expect(statuses.filter((status) => status === 201).length).to.be.within(1, 20)
    expect(statuses.filter((status) => status === 429).length).to.be.at.least(5)
  })

  it('RATE_LIMITS=off turns them off', async () => {
    await start({ rateLimits: false })
    for (const n of numbers(4)) expect((await register(`victim+${n}@example.com`, '192.0.2.1')).status).to.equal(201)
  })

  const createChat = (by: TestUser, participantIds: string[], more: object = {}, headers: object = {}) =>
    parley.call('POST', '/chats', { token: by.token, body: { participantIds, name: 'Group', ...more }, headers })

  async function registerMany(count: number): Promise<TestUser[]> {
    const people = []
    for (const n of numbers(count)) {
      const { body } = await register(`person${n}@example.com`, `198.51.100.${n}`)
      const { user, accessToken } = body as { user: { id: string; email: string }; accessToken: string }
      people.push({ id: user.id, token: accessToken, refreshToken: '', email: user.email })
    }
    return people
  }

  it('allows 100 new chats a day; repeats, refusals and existing chats do not count', async () => {
    await start()
    const [ada, bob] = (await registerMany(2)) as [TestUser, TestUser]
    const key = { 'idempotency-key': 'first' }
    const first = await createChat(ada, [bob.id], {}, key)
    expect(first.status).to.equal(201)
    for (let made = 0; made < 99; made++) expect((await createChat(ada, [])).status).to.equal(201)
    const refused = await createChat(ada, [])
    expect([refused.status, limitOf(refused)]).to.deep.equal([429, '"chats-made"'])
    const repeated = await createChat(ada, [bob.id], {}, key)
    expect([repeated.status, (repeated.body as { id: string }).id]).to.deep.equal([
      201,
      (first.body as { id: string }).id,
    ])
    expect((await createChat(bob, [])).status).to.equal(201)
  })

  it('a command that is refused or changes nothing does not count', async () => {
    await start()
    const [ada, bob] = (await registerMany(2)) as [TestUser, TestUser]
    const direct = () => createChat(ada, [bob.id], { name: undefined })
    expect((await direct()).status).to.equal(201)
    const unknown = '00000000-0000-4000-8000-000000000000'
    for (let asked = 0; asked < 101; asked++) {
      expect((await direct()).status).to.equal(200)
      expect((await createChat(ada, [unknown])).status).to.equal(404)
    }
    expect((await createChat(ada, [])).status).to.equal(201)
  })

  it('messages of all bots of a user share one quota, which is not that of the user', async () => {
    await start({ rateLimitMessagesPerMinute: 3 })
    const [ada] = (await registerMany(1)) as [TestUser]
    const { id: chatId } = (await createChat(ada, [])).body as { id: string }
    const tokens = []
    for (const name of ['One', 'Two']) {
      const bot = (await parley.call('POST', '/bots', { token: ada.token, body: { name } })).body as { id: string }
      await parley.call('POST', `/chats/${chatId}/participants`, { token: ada.token, body: { userId: bot.id } })
      const body = { chatIds: [chatId], expiresInSeconds: 600 }
      const made = await parley.call('POST', `/bots/${bot.id}/tokens`, { token: ada.token, body })
      tokens.push((made.body as { token: string }).token)
    }
    const webhook = await parley.call('POST', `/chats/${chatId}/webhooks`, {
      token: ada.token,
      body: { direction: 'in', name: 'Alerts' },
    })
    const hook = new URL((webhook.body as { url: string }).url).pathname
    const send = (token: string) => parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content: 'hi' } })
    const answers = [await send(tokens[0]!), await send(tokens[1]!)]
    answers.push(await parley.call('POST', hook, { body: { text: 'hi' } }))
    expect(statusesOf(answers)).to.deep.equal([201, 201, 200])
    const refused = [await send(tokens[0]!), await send(tokens[1]!)]
    expect(statusesOf(refused)).to.deep.equal([429, 429])
    expect(limitOf(refused[0]!)).to.equal('"bot-messages"')
    expect((await parley.call('POST', hook, { body: { text: 'hi' } })).status).to.equal(429)
    expect(statusesOf([await send(ada.token), await send(ada.token), await send(ada.token)])).to.deep.equal([
      201, 201, 201,
    ])
    expect((await send(ada.token)).status).to.equal(429)
  })
})
