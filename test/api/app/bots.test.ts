import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { userStream } from '../../../src/domain/streams.js'
import { MAX_BOT_TOKENS } from '../../../src/identity/bots/bot-tokens.js'
import { MAX_BOTS } from '../../../src/identity/bots/bots.js'
import { eventually } from '../../support/eventually.js'
import { startTestApp, type Answer, type Node, type TestUser, type TestApp } from '../../support/test-app.js'
import { botsOf, type BotToken } from './bots.js'
import { createClub, type Club } from './club.js'

const withoutToken = ({ token: _, ...shown }: BotToken): object => shown

/** As the list has them. */
const withRole = ({ body }: Answer, userId: string): object | undefined =>
  (body as { id: string }[]).find(({ id }) => id === userId)

const code = ({ body }: Answer): unknown => (body as { code?: string }).code

describe('bots', () => {
  let parley: TestApp
  let bots: ReturnType<typeof botsOf>
  let owner: TestUser
  let stranger: TestUser
  let club: Club

  before(async () => {
    parley = await startTestApp({ rateLimitMessagesPerMinute: 4 }) // for each owner with all bots
    bots = botsOf(parley)
    stranger = await parley.register('stranger')
  })

  beforeEach(async () => {
    owner = await parley.register('owner')
    club = await createClub(parley, owner, [])
  })

  after(() => parley[Symbol.asyncDispose]())

  const me = (token: string, node: Pick<Node, 'call'> = parley) => node.call('GET', '/users/me', { token })
  const postMessage = (chatId: string, token: string) =>
    parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content: 'beep' } })

  it('is a user in the log created by its owner, once for an idempotency key, and only in the list of its owner', async () => {
    const maker = await parley.register('maker')
    const headers = { 'idempotency-key': 'robot' }
    const create = (name: string) => parley.call('POST', '/bots', { token: maker.token, body: { name }, headers })
    const made = await create('Robot')
    expect(made.status).to.equal(201)
    const bot = made.body as { id: string; createdAt: string }
    expect(bot).to.deep.equal({ id: bot.id, name: 'Robot', ownerId: maker.id, createdAt: bot.createdAt, tokenCount: 0 })
    const again = await create('Robot')
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect(again).to.deep.include({ status: 201, body: bot })
    expect(code(await create('Other'))).to.equal('idempotency-key-reused')

    const events = await parley.app.core.log.readStream(userStream(bot.id), { limit: 10 })
    expect(events.map(({ type }) => type)).to.deep.equal(['UserRegistered'])
    const { data, metadata } = events[0]!
    expect(JSON.parse(data)).to.include({ userId: bot.id, ownerId: maker.id })
    expect(JSON.parse(metadata)).to.include({ actor: maker.id })
    expect((await parley.call('GET', '/bots', { token: maker.token })).body).to.deep.equal([bot])
    expect((await parley.call('GET', '/bots', { token: stranger.token })).body).to.deep.equal([])
  })

  it(`a user has at most ${MAX_BOTS}, also with concurrent requests; repeats do not count`, async () => {
    const maker = await parley.register('maker')
    const create = (index: number) =>
      parley.call('POST', '/bots', {
        token: maker.token,
        body: { name: `Bot ${index}` },
        headers: { 'idempotency-key': `bot-${index}` },
      })
    const all = Array.from({ length: MAX_BOTS + 2 }, (_, index) => index)
    const answers = await Promise.all(all.map(create))
    const made = all.filter((index) => answers[index]!.status === 201)
    expect(made).to.have.length(MAX_BOTS)
    const refused = all.filter((index) => !made.includes(index))
    for (const index of refused) expect(code(await create(index))).to.equal('too-many-bots')
    const [kept = 0, goes = 0] = made
    expect(await create(kept)).to.deep.include({ status: 201, body: answers[kept]!.body })
    const keyless = await parley.call('POST', '/bots', { token: maker.token, body: { name: 'One more' } })
    expect(code(keyless)).to.equal('too-many-bots')

    const { id } = answers[goes]!.body as { id: string }
    expect((await parley.call('DELETE', `/bots/${id}`, { token: maker.token })).status).to.equal(204)
    expect((await create(refused[0]!)).status).to.equal(201)
    expect((await parley.call('GET', '/bots', { token: maker.token })).body).to.have.length(MAX_BOTS)
  })

  it('acts with its token in its chats, as itself, with a message limit of its own', async () => {
    const bot = await bots.create(owner, 'Robot')
    const { token } = await bots.token(owner, bot, [club.id.toUpperCase()])
    expect((await me(token)).body).to.deep.include({ id: bot, name: 'Robot', email: null, roles: [] })
    expect(code(await postMessage(club.id, token))).to.equal('not-authorized')
    await club.call(owner, 'POST', '/participants', { userId: bot })

    const said = await postMessage(club.id, token)
    expect(said.status).to.equal(201)
    const { id, sender } = said.body as { id: string; sender: object }
    expect(sender).to.deep.include({ id: bot, name: 'Robot', isBot: true })
    const profile = await parley.call('GET', `/users/${bot}`, { token: stranger.token })
    expect(profile.body).to.include({ isBot: true, ownerId: owner.id })
    const participants = await club.call(owner, 'GET', '/participants')
    expect(participants.body).to.deep.include.members([
      { ...withRole(participants, bot), isBot: true, ownerId: owner.id },
    ])
    expect((await parley.call('GET', `/users/${owner.id}`, { token: stranger.token })).body).not.to.have.property(
      'ownerId',
    )
    const shown = await parley.call('GET', `/chats/${club.id}/messages/${id}`, { token })
    expect(shown).to.include({ status: 200 })
    for (let tries = 2; tries < 4; tries++) expect((await postMessage(club.id, token)).status).to.equal(201)
    expect(code(await postMessage(club.id, token))).to.equal('rate-limited')
    expect((await postMessage(club.id, owner.token)).status).to.equal(201)
  })

  it('is an outsider to chats that are not in its token, also as a member', async () => {
    const bot = await bots.create(owner, 'Robot')
    const other = await createClub(parley, owner, [])
    for (const { call } of [club, other]) await call(owner, 'POST', '/participants', { userId: bot })
    const { token } = await bots.token(owner, bot, [club.id])
    const read = (chatId: string, who: string) => parley.call('GET', `/chats/${chatId}/messages`, { token: who })
    expect((await read(club.id, token)).status).to.equal(200)
    for (const [asked, asOutsider] of [
      [await read(other.id, token), await read(other.id, stranger.token)],
      [await postMessage(other.id, token), await postMessage(other.id, stranger.token)],
    ] as const) {
      const { instance: _, ...problem } = asked.body as { instance: string }
      const { instance: _other, ...expected } = asOutsider.body as { instance: string }
      expect(problem).to.deep.equal(expected)
    }
  })

  it('is a member only while its owner is: it is removed in the same append, and cannot be added without the owner', async () => {
    const member = await parley.register('member')
    const own = await createClub(parley, owner, [member])
    const bot = await bots.create(member, 'Robot')
    const { token } = await bots.token(member, bot, [own.id])
    expect((await own.call(member, 'POST', '/participants', { userId: bot })).status).to.equal(201)
    expect((await postMessage(own.id, token)).status).to.equal(201)
    expect((await own.call(owner, 'DELETE', `/participants/${member.id}`)).status).to.equal(204)
    expect(code(await postMessage(own.id, token))).to.equal('not-authorized')
    expect((await own.eventTypes()).slice(-2)).to.deep.equal(['ParticipantRemoved', 'ParticipantRemoved'])
    const refused = await own.call(owner, 'POST', '/participants', { userId: bot })
    expect([refused.status, code(refused)]).to.deep.equal([422, 'bot-owner-absent'])
    for (const body of [{ participantIds: [bot] }, { participantIds: [bot], name: 'Ours' }]) {
      const made = await parley.call('POST', '/chats', { token: owner.token, body })
      expect([made.status, code(made)]).to.deep.equal([422, 'bot-owner-absent'])
    }
    const together = await own.call(owner, 'POST', '/participants', { userIds: [bot, member.id] })
    expect(together.status).to.equal(201)
  })

  it('loses a chat of its tokens when its owner is banned there, and a token that has no chat left', async () => {
    const member = await parley.register('member')
    const [own, other] = [await createClub(parley, owner, [member]), await createClub(parley, owner, [member])]
    const bot = await bots.create(member, 'Robot')
    const kept = await bots.token(member, bot, [own.id, other.id])
    await bots.token(member, bot, [own.id])
    const counts = async () => {
      const { body } = await parley.call('GET', '/bots', { token: member.token })
      return (body as { tokenCount: number }[]).map(({ tokenCount }) => tokenCount)
    }
    expect(await counts()).to.deep.equal([2])
    expect((await own.call(owner, 'PUT', `/bans/${member.id}`, {})).status).to.equal(204)
    expect(await bots.tokens(member, bot)).to.deep.equal([{ ...withoutToken(kept), chatIds: [other.id] }])
    expect(await counts()).to.deep.equal([1])
  })

  it('its token is returned once, and only a hash of it is stored', async () => {
    const bot = await bots.create(owner, 'Robot')
    const made = await bots.token(owner, bot, [club.id, club.id])
    const { token, ...shown } = made
    expect(token).to.match(/^parley_bot_[\w-]{43}$/)
    expect(shown.chatIds).to.deep.equal([club.id])
    expect(await bots.tokens(owner, bot)).to.deep.equal([shown])
    await club.call(owner, 'POST', '/participants', { userId: bot })
    expect((await postMessage(club.id, token)).status).to.equal(201)

    const { main } = parley.app.core.databases
    const tables = await main.query<{ name: string }>(
      `select format('%I', table_name) as name from information_schema.tables where table_schema = 'public'`,
    )
    const written: string[] = []
    for (const { name } of tables.rows) {
      const { rows } = await main.query<{ row: string }>(`select t::text as row from ${name} t`)
      written.push(...rows.map(({ row }) => row))
    }
    expect(written.join()).to.include(bot)
    const secret = token.replace('parley_bot_', '')
    for (const form of [secret, Buffer.from(token).toString('hex'), Buffer.from(secret, 'base64url').toString('hex')])
      expect(
        written.some((row) => row.includes(form)),
        form,
      ).to.equal(false)
  })

  it('its token lasts 90 days by default, a year at most, has at least one chat, and the number of tokens is limited', async () => {
    const bot = await bots.create(owner, 'Robot')
    const create = (body: object) => parley.call('POST', `/bots/${bot}/tokens`, { token: owner.token, body })
    const secondsOf = ({ body }: Answer): number => {
      const { createdAt, expiresAt } = body as BotToken
      return (Date.parse(expiresAt) - Date.parse(createdAt)) / 1_000
    }
    const [chatIds, year] = [[club.id], 365 * 86_400]
    expect(secondsOf(await create({ chatIds }))).to.equal(90 * 86_400)
    expect(secondsOf(await create({ chatIds, expiresInSeconds: year }))).to.equal(year)
    for (const wrong of [{ expiresInSeconds: 0 }, { expiresInSeconds: year + 1 }, { chatIds: [] }, { chatIds: ['*'] }])
      expect(code(await create({ chatIds, ...wrong }))).to.equal('validation-failed')
    for (let count = 2; count < MAX_BOT_TOKENS; count++) expect((await create({ chatIds })).status).to.equal(201)
    expect(code(await create({ chatIds }))).to.equal('too-many-bot-tokens')
  })

  it('is not found by other users, and only admins can deactivate it', async () => {
    const bot = await bots.create(owner, 'Robot')
    const { id, token } = await bots.token(owner, bot, [club.id])
    const admin = await parley.withRoles('admin', 'admin')
    const foreign = [
      ['POST', '/tokens', { chatIds: [club.id] }],
      ['GET', '/tokens'],
      ['DELETE', `/tokens/${id}`],
    ] as const
    for (const who of [stranger, admin])
      for (const [method, path, body] of foreign)
        expect(code(await parley.call(method, `/bots/${bot}${path}`, { token: who.token, body }))).to.equal(
          'bot-not-found',
        )
    const remove = (who: TestUser, userId = bot) => parley.call('DELETE', `/bots/${userId}`, { token: who.token })
    expect(code(await remove(stranger))).to.equal('bot-not-found')
    expect(code(await remove(admin, stranger.id))).to.equal('bot-not-found')
    expect((await me(token)).status).to.equal(200)
    expect((await remove(admin)).status).to.equal(204)
    await eventually(async () => expect(code(await me(token))).to.equal('invalid-token'))
  })

  it('a wrong token is recorded as a security event', async () => {
    const refused = async (): Promise<string> => {
      const { body } = await parley.call('GET', '/metrics')
      return /^security_events_total{type="token-refused"} \d+$/m.exec(body as string)![0]
    }
    const before = await refused()
    expect(code(await me(`parley_bot_${'A'.repeat(43)}`))).to.equal('invalid-token')
    expect(await refused()).to.not.equal(before)
  })
})

describe('tokens of bots, on every node', () => {
  let parley: TestApp
  let other: Node
  let bots: ReturnType<typeof botsOf>
  let admin: TestUser
  let shift = 0

  before(async () => {
    parley = await startTestApp({}, { clock: () => new Date(Date.now() + shift) })
    other = await parley.startNode()
    bots = botsOf(parley)
    admin = await parley.withRoles('admin', 'admin')
  })

  after(() => parley[Symbol.asyncDispose]())

  const isAnswered = async (token: string, expected: string | undefined): Promise<void> => {
    for (const node of [parley, other])
      await eventually(async () => {
        expect(code(await node.call('GET', '/users/me', { token }))).to.equal(expected)
      })
  }

  async function setUp() {
    const owner = await parley.register('owner')
    const bot = await bots.create(owner, 'Robot')
    const made = await bots.token(owner, bot, [randomUUID()])
    await isAnswered(made.token, undefined)
    const call = (method: string, path: string, who = owner) => parley.call(method, path, { token: who.token })
    return { owner, bot, made, call }
  }

  it('a revoked one is refused, another one of the bot is not', async () => {
    const { owner, bot, made, call } = await setUp()
    const kept = await bots.token(owner, bot, [randomUUID()])
    const path = `/bots/${bot}/tokens/${made.id}`
    expect((await call('DELETE', path)).status).to.equal(204)
    await isAnswered(made.token, 'invalid-token')
    await isAnswered(kept.token, undefined)
    expect(code(await call('DELETE', path))).to.equal('bot-token-not-found')
    expect((await bots.tokens(owner, bot)).map(({ id }) => id)).to.deep.equal([kept.id])
  })

  it('those of a deleted bot are refused, and none can be created', async () => {
    const { owner, bot, made, call } = await setUp()
    expect((await call('DELETE', `/bots/${bot}`)).status).to.equal(204)
    await isAnswered(made.token, 'invalid-token')
    expect((await call('DELETE', `/bots/${bot}`)).status).to.equal(204)
    const body = { chatIds: [randomUUID()] }
    const more = await parley.call('POST', `/bots/${bot}/tokens`, { token: owner.token, body })
    expect(code(more)).to.equal('bot-not-found')
    expect((await call('GET', '/bots')).body).to.deep.equal([])
  })

  for (const whose of ['bot', 'owner'] as const)
    it(`they are revoked when the ${whose} is deactivated`, async () => {
      const { owner, bot, made, call } = await setUp()
      const path = `/users/${whose === 'bot' ? bot : owner.id}`
      expect((await call('POST', `${path}/deactivate`, admin)).status).to.equal(204)
      await isAnswered(made.token, 'invalid-token')
      expect((await call('POST', `${path}/reactivate`, admin)).status).to.equal(204)
      await isAnswered(made.token, 'invalid-token')
      if (whose === 'bot') expect(await bots.tokens(owner, bot)).to.deep.equal([])
    })

  // The last one: all others have expired by then.
  it('expired ones are refused', async () => {
    const { owner, bot, made } = await setUp()
    shift = Date.parse(made.expiresAt) - Date.now()
    await isAnswered(made.token, 'token-expired')
    const again = await parley.login(owner)
    expect(await bots.tokens(again, bot)).to.deep.equal([])
  })
})
