import { expect } from 'chai'
import { noFailures } from '../../support/failure-report.js'
import { createConversationQueries } from '../../../src/projections/conversations/create-conversation-queries.js'
import { rebuild } from '../../support/rebuild.js'
import { openProjection, type OpenProjection } from '../../../src/projections/engine/open-projection.js'
import { startRunner } from '../../../src/projections/engine/runner.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'

onEachLog('conversations', (kind) => {
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser
  let carol: TestUser

  beforeEach(async () => {
    parley = await startTestApp(logConfig(kind))
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
    carol = await parley.register('Carol')
  })

  afterEach(() => parley[Symbol.asyncDispose]())

  const post = async <Body>(user: TestUser, path: string, body?: unknown): Promise<Body> =>
    (await parley.call('POST', path, { token: user.token, ...(body === undefined ? {} : { body }) })).body as Body
  const createChat = async (settings: object): Promise<string> =>
    (await post<{ id: string }>(alice, '/chats', { participantIds: [bob.id], name: 'Team', ...settings })).id
  const postMessage = (user: TestUser, chatId: string, content: string) =>
    post(user, `/chats/${chatId}/messages`, { content })
  const upToDate = async (): Promise<void> => {
    const { log, runners } = parley.app.core
    await runners.conversations.progress.reached(await log.head())
  }
  const seenBy = async (user: TestUser, chatId: string): Promise<(string | null)[] | undefined> => {
    await upToDate()
    const page = await parley.app.core.queries.messages(chatId, user.id, { latest: true }, 50)
    return page?.answer.messages.map(({ content }) => content)
  }

  it('since-joined hides messages from before joining, and between leaving and joining again, everywhere', async () => {
    const chatId = await createChat({ historyVisibility: 'since-joined', joinPolicy: 'open' })
    await postMessage(alice, chatId, 'before')
    await post(carol, `/chats/${chatId}/join`)
    expect(await seenBy(carol, chatId)).to.deep.equal([])
    const [empty] = (await parley.app.core.queries.chats(carol.id, 10, null)).items
    expect(empty).to.include({ lastMessage: null, unreadCount: 0 })
    await postMessage(alice, chatId, 'while in')
    await post(carol, `/chats/${chatId}/leave`)
    expect(await seenBy(carol, chatId)).to.equal(undefined)
    const away = await post<{ id: string }>(alice, `/chats/${chatId}/messages`, { content: 'while away' })
    await post(carol, `/chats/${chatId}/join`)
    expect(await seenBy(carol, chatId)).to.deep.equal(['while in'])
    expect(await parley.app.core.queries.message(chatId, away.id, carol.id)).to.equal(null)
    const [listed] = (await parley.app.core.queries.chats(carol.id, 10, null)).items
    expect(listed).to.include({ lastMessage: 'while in', unreadCount: 0 })
    expect(await seenBy(bob, chatId)).to.deep.equal(['before', 'while in', 'while away'])
  })

  it('full history is visible to users who join later', async () => {
    const chatId = await createChat({ joinPolicy: 'open' })
    await postMessage(alice, chatId, 'before')
    await post(carol, `/chats/${chatId}/join`)
    expect(await seenBy(carol, chatId)).to.deep.equal(['before'])
  })

  it('messages of one’s own are read; those of others count until they are marked as read', async () => {
    const chatId = await createChat({})
    await postMessage(alice, chatId, 'one')
    await postMessage(alice, chatId, 'two')
    const unread = async (user: TestUser): Promise<number | undefined> => {
      await upToDate()
      return (await parley.app.core.queries.chatMembership(chatId, user.id))?.unreadCount
    }
    expect([await unread(alice), await unread(bob)]).to.deep.equal([0, 2])
    const read = (seq: number) => parley.call('PUT', `/chats/${chatId}/read`, { token: bob.token, body: { seq } })
    expect((await read(1)).status).to.equal(204)
    expect(await unread(bob)).to.equal(1)
    await read(999)
    expect(await unread(bob)).to.equal(0)
    await read(1)
    expect(await unread(bob)).to.equal(0)
    await postMessage(alice, chatId, 'three')
    expect(await unread(bob)).to.equal(1)
    await postMessage(bob, chatId, 'four')
    expect([await unread(alice), await unread(bob)]).to.deep.equal([1, 0])
  })

  it('a rebuild gives the same rows as incremental projection', async () => {
    const chatId = await createChat({ joinPolicy: 'open' })
    await postMessage(alice, chatId, 'one')
    await post(carol, `/chats/${chatId}/join`)
    const two = await post<{ id: string }>(carol, `/chats/${chatId}/messages`, { content: 'two' })
    const reports = `/chats/${chatId}/messages/${two.id}/reports`
    const { id } = await post<{ id: string }>(bob, reports, { reason: 'spam' })
    await post(await parley.withRoles('Judge', 'admin'), `/reports/${id}/settle`, { outcome: 'It stays' })
    await post(alice, reports, { reason: 'spam' })
    await parley.call('PUT', `/chats/${chatId}/read`, { token: bob.token, body: { seq: 2 } })
    await parley.call('PATCH', '/users/me', { token: bob.token, body: { name: 'Robert', statusText: 'here' } })
    await post(alice, `/chats/${chatId}/leave`)
    await parley.call('DELETE', `/chats/${chatId}/participants/${carol.id}`, { token: bob.token })
    const setId = await createChat({ name: 'Set' })
    const asAlice = (method: string, path: string, body?: unknown) =>
      parley.call(method, path, { token: alice.token, ...(body === undefined ? {} : { body }) })
    await asAlice('PATCH', `/chats/${setId}`, {
      name: 'Set again',
      joinPolicy: 'open',
      historyVisibility: 'since-joined',
    })
    await asAlice('PUT', `/chats/${setId}/bans/${carol.id}`, { reason: 'spam' })
    await asAlice('PUT', `/chats/${setId}/bans/${bob.id}`, {})
    await asAlice('DELETE', `/chats/${setId}/bans/${bob.id}`)
    const hookUrl = { url: 'https://hook.example/', events: ['new_message'] }
    const hooks = [1, 2, 3].map(() => post<{ id: string }>(alice, `/chats/${setId}/webhooks`, hookUrl))
    const [kept, stopped] = await Promise.all(hooks)
    await asAlice('DELETE', `/chats/${setId}/webhooks/${kept!.id}`)
    const { runAsSystem } = parley.app.core
    await runAsSystem('disableWebhook', { chatId: setId, webhookId: stopped!.id, reason: 'failing' })
    await asAlice('POST', `/chats/${await createChat({ joinPolicy: 'open' })}/archive`)
    await asAlice('PUT', `/users/me/blocks/${bob.id}`)
    await asAlice('PUT', `/users/me/blocks/${carol.id}`)
    await asAlice('DELETE', `/users/me/blocks/${bob.id}`)
    await upToDate()

    const { core } = parley.app
    const { main: pool } = core.databases
    const { conversations } = core.projections
    const rows = async ({ table }: Pick<OpenProjection, 'table'>): Promise<unknown[]> =>
      Promise.all(
        conversations.tables.map(
          async (name) => (await pool.query<object>(`select * from ${table(name)} t order by t::text`)).rows,
        ),
      )
    const before = await rows(await openProjection(pool, conversations, core.log))
    await core.runners.conversations[Symbol.asyncDispose]()
    await rebuild({ pool, log: core.log }, conversations)
    const open = await openProjection(pool, conversations, core.log)
    expect(open.generation).to.equal(2)
    await using runner = startRunner(open, { log: core.log, pool, report: noFailures })
    await runner.progress.reached(await core.log.head())
    const after = await rows(open)
    expect(after).to.deep.equal(before)
    const empty = conversations.tables.filter((_, index) => (after[index] as object[]).length === 0)
    expect(empty).not.to.include.members(['bans', 'blocks', 'open_chats', 'webhooks'])
    const queries = createConversationQueries(pool, open)
    expect((await queries.chat(chatId, bob.id))?.answer).to.include({ myRole: 'owner', participantCount: 1 })
  })

  it('chats are paged by latest activity, participants in the order in which they joined', async () => {
    const ids: string[] = []
    for (let index = 0; index < 3; index++) ids.push(await createChat({ name: `chat ${index}` }))
    await postMessage(bob, ids[0]!, 'newest')
    await upToDate()
    const { queries } = parley.app.core
    const first = await queries.chats(alice.id, 2, null)
    expect(first.items.map(({ id }) => id)).to.deep.equal([ids[0], ids[2]])
    const second = await queries.chats(alice.id, 2, first.next)
    expect(second).to.deep.include({ next: null })
    expect(second.items.map(({ id }) => id)).to.deep.equal([ids[1]])
    const one = await queries.participants(ids[0]!, bob.id, 1, null)
    expect(one?.answer.items.map(({ id }) => id)).to.deep.equal([alice.id])
    const other = await queries.participants(ids[0]!, bob.id, 1, one?.answer.next ?? null)
    expect(other?.answer.items.map(({ id }) => id)).to.deep.equal([bob.id])
  })
})
