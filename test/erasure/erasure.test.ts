import { InMemorySpanExporter } from '@opentelemetry/sdk-trace'
import { expect } from 'chai'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { dumpRedis, dumpTables } from '../support/dump.js'
import { eventually } from '../support/eventually.js'
import { erasureDone, caughtUp } from './erasures-done.js'
import { openTestRedis, type TestRedis } from '../support/redis.js'
import { next, startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { botsOf } from '../api/app/bots.js'
import { createClub, type Club } from '../api/app/club.js'

const PASSWORD = 'correct horse'

/** Unique texts that Ada supplies, each in another field. */
const marks = {
  name: 'Markname',
  renamed: 'Markrenamed',
  status: 'Markstatus',
  avatar: 'markavatar',
  agent: 'MarkAgent/7',
  chatName: 'Markgarden',
  content: 'markcontent',
  before: 'markbefore',
  deleted: 'markdeleted',
  quoted: 'markquoted',
  metadata: 'markmetadata',
  key: 'markkey',
  banReason: 'markban',
  reportReason: 'markreport',
  webhookName: 'markhook',
  webhookUrl: 'markurl',
  botName: 'Markbot',
} as const

onEachLog('an erased user', function (kind) {
  let parley: TestApp
  let redis: TestRedis | null
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let club: Club
  let owned: Club
  let repliedId: string
  let address: string
  const frames: { event: string; payload: unknown }[] = []
  const spanExporter = new InMemorySpanExporter()

  before(async () => {
    redis = await openTestRedis()
    parley = await startTestApp({ ...logConfig(kind), redisUrl: redis?.url ?? null }, { spanExporter })
    ada = await parley.register(marks.name)
    bob = await parley.register('Bob')
    eve = await parley.register('Eve')
    address = ada.email
    club = await createClub(parley, bob, [ada, eve])
    owned = await createClub(parley, ada, [bob, eve], { name: marks.chatName, joinPolicy: 'open' })
    await parley.call('PATCH', '/users/me', {
      token: ada.token,
      body: { name: marks.renamed, statusText: marks.status, avatarUrl: `https://a.example/${marks.avatar}` },
      headers: { 'user-agent': marks.agent },
    })
    const send = async (content: string, more: object = {}, who = ada, where = club) =>
      (await where.call(who, 'POST', '/messages', { content, ...more }, { 'user-agent': marks.agent })).body as {
        id: string
      }
    const edited = await send(marks.before, { metadata: { note: marks.metadata }, clientMessageId: marks.key })
    await club.call(ada, 'PATCH', `/messages/${edited.id}`, { content: `${marks.content} <@${bob.id}>` })
    const gone = await send(marks.deleted)
    await club.call(ada, 'DELETE', `/messages/${gone.id}`)
    repliedId = (await send(marks.quoted)).id
    await send('an answer by Bob', { replyTo: repliedId }, bob)
    const bobs = await send('words of Bob', {}, bob)
    await club.call(ada, 'POST', `/messages/${bobs.id}/reports`, { reason: marks.reportReason })
    await owned.call(ada, 'PUT', `/bans/${eve.id}`, { reason: marks.banReason })
    await owned.call(ada, 'POST', '/webhooks', {
      url: `https://hook.example/${marks.webhookUrl}`,
      name: marks.webhookName,
    })
    const bots = botsOf(parley)
    const bot = await bots.create(ada, marks.botName)
    await owned.call(ada, 'POST', '/participants', { userId: bot })
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    socket.onAny((event: string, payload: unknown) => void frames.push({ event, payload }))
  })
  after(async () => {
    await parley[Symbol.asyncDispose]()
    await redis?.[Symbol.asyncDispose]()
  })

  const everything = async (): Promise<string> => {
    const { log } = parley.app.core
    const { events } = await log.readAll(log.start, 10_000)
    const metrics = await parley.call('GET', '/metrics')
    return [
      await dumpTables(parley.config.databaseUrl!),
      await dumpTables(parley.config.keysDatabaseUrl!),
      JSON.stringify(events),
      String(metrics.body),
      parley.logged.join('\n'),
      JSON.stringify(spanExporter.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes }))),
      redis === null ? '' : await dumpRedis(redis.url),
    ].join('\n')
  }
  const left = (text: string): string[] =>
    [...Object.values(marks), address].filter((mark) => text.toLowerCase().includes(mark.toLowerCase()))

  it('has supplied all these texts, and they are found', async () => {
    await caughtUp(parley)
    expect(left(await everything())).to.include.members([marks.content, marks.name, address])
  })

  it('is refused with a wrong password, and goes on', async () => {
    const { status, body } = await parley.call('POST', '/users/me/erasure', {
      token: ada.token,
      body: { password: 'not it at all' },
    })
    expect(status).to.equal(401)
    expect(body).to.include({ code: 'invalid-credentials' })
    expect((await parley.call('GET', '/users/me/erasure', { token: ada.token })).body).to.deep.equal({ status: 'none' })
  })

  it('is gone in every table, in the log, in Redis, in log lines and metrics', async () => {
    const asked = await parley.call('POST', '/users/me/erasure', { token: ada.token, body: { password: PASSWORD } })
    expect(asked.status).to.equal(202)
    expect(asked.body).to.deep.equal({ status: 'erasing' })
    await erasureDone(parley, ada.id)
    expect(left(await everything())).to.deep.equal([])
  })

  it('shows as erased in history, quotes and profiles, and what others wrote stays', async () => {
    const nobody = { id: ada.id, name: null, avatarUrl: null, isBot: false }
    const messages = (await club.call(bob, 'GET', '/messages')).body as Record<string, unknown>[]
    const ofAda = messages.filter(({ sender }) => (sender as { id: string }).id === ada.id)
    expect(ofAda.length).to.equal(3)
    for (const message of ofAda)
      expect(message).to.deep.include({
        sender: nobody,
        content: null,
        contentHtml: null,
        metadata: null,
        replyTo: null,
        linkPreviews: [],
        mentions: [],
        clientMessageId: null,
      })
    const answer = messages.find(({ content }) => content === 'an answer by Bob')!
    expect(answer['replyTo']).to.deep.include({ id: repliedId, senderName: null, excerpt: null })
    expect((await parley.call('GET', `/users/${ada.id}`, { token: bob.token })).body).to.deep.equal({
      ...nobody,
      statusText: null,
    })
    const history = await club.call(bob, 'GET', `/messages/${String(ofAda[0]!['id'])}/history`)
    expect((history.body as { content: null }[]).map(({ content }) => content)).to.deep.equal([null, null])
    const events = (await club.call(bob, 'GET', '/events?after=0')).body
    expect(left(JSON.stringify(events))).to.deep.equal([])
  })

  it('is found by no search, and can no longer be named', async () => {
    for (const path of [`/search/messages?q=${marks.content}`, `/users?query=${marks.renamed}`])
      expect((await parley.call('GET', path, { token: bob.token })).body).to.deep.equal([])
    const added = await club.call(bob, 'POST', '/participants', { userId: ada.id })
    expect(added.body).to.include({ status: 404, code: 'user-not-found' })
  })

  it('has handed over the chats that they owned', async () => {
    const participants = (await owned.call(bob, 'GET', '/participants')).body as { id: string; role: string }[]
    expect(participants.map(({ id, role }) => [id, role])).to.deep.equal([[bob.id, 'owner']])
  })

  it('is announced to all who shared a chat', async () => {
    await eventually(() => expect(frames).to.deep.include({ event: 'user_erased', payload: { userId: ada.id } }))
  })

  it('leaves the rows that a rebuild gives, too', async () => {
    const { managedProjections } = parley.app.core
    for (const projection of managedProjections) {
      await projection.diff()
      const found = await eventually(
        async () => {
          const last = await projection.lastComparison()
          expect(last, projection.name).not.to.equal(null)
          return last!
        },
        { timeoutMs: 60_000 },
      )
      expect(found.differences, projection.name).to.deep.equal({})
    }
  })

  it('stays erased after everything is built again', async () => {
    const { managedProjections } = parley.app.core
    const generations = async () =>
      (await Promise.all(managedProjections.map(({ state }) => state()))).map(({ generation }) => generation)
    const before = await generations()
    for (const projection of managedProjections) await projection.rebuild()
    await eventually(
      async () => {
        const after = await generations()
        expect(after.every((generation, index) => Number(generation) > Number(before[index]))).to.equal(true)
      },
      { timeoutMs: 60_000 },
    )
    await caughtUp(parley)
    expect(left(await everything())).to.deep.equal([])
  })

  it('can neither log in nor use a token, and the address may register again under a new id', async () => {
    const login = await parley.call('POST', '/auth/login', { body: { email: address, password: PASSWORD } })
    expect(login.body).to.include({ status: 401, code: 'invalid-credentials' })
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(401)
    const again = await parley.call('POST', '/auth/register', {
      body: { email: address, password: PASSWORD, name: 'Somebody else' },
    })
    expect(again.status).to.equal(201)
    expect((again.body as { user: { id: string } }).user.id).not.to.equal(ada.id)
  })
})
