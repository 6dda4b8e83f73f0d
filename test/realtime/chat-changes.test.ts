import { expect } from 'chai'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { eventually } from '../support/eventually.js'
import { startNode, type Client, type Heard, type RealtimeNode } from './realtime-node.js'

describe('sockets receive of a chat', () => {
  let database: TestDatabase
  let node: RealtimeNode
  let ada: string
  let bob: string
  let eve: string

  before(async () => {
    database = await createTestDatabase()
    node = await startNode(database)
    ;[ada, bob, eve] = [await node.register('Ada'), await node.register('Bob'), await node.register('Eve')]
  })
  after(async () => {
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const inChat = ({ received }: Client, chatId: string): Heard[] =>
    received.filter(({ payload }) => payload.chatId === chatId)
  const toldOf = (client: Client, chatId: string): [string, number][] =>
    inChat(client, chatId).map(({ event, payload }) => [event, payload.version])
  /** Live and, for someone who was away, afterwards: both must tell the same. */
  async function heardInBothWays(chatId: string, who: string, live: Client, count: number): Promise<Heard[]> {
    await eventually(() => expect(inChat(live, chatId)).to.have.length(count))
    await node.settled()
    const later = await node.connect(who, { [chatId]: 1 })
    expect(toldOf(later, chatId)).to.deep.equal(toldOf(live, chatId))
    return inChat(live, chatId)
  }

  it('changed settings and archiving, with the chat but without fields of one reader', async () => {
    const chatId = await node.createChat(ada, [bob])
    const bobs = await node.connect(bob)
    await node.run('changeChat', { chatId, change: { name: 'Orchard', joinPolicy: 'open' } }, ada)
    await node.run('archiveChat', { chatId }, ada)
    await node.run('unarchiveChat', { chatId }, ada)
    const received = await heardInBothWays(chatId, bob, bobs, 3)
    expect(toldOf(bobs, chatId)).to.deep.equal([
      ['chat_updated', 2],
      ['chat_archived', 3],
      ['chat_unarchived', 4],
    ])
    for (const { payload } of received) {
      expect(payload.chat).to.include({ id: chatId, name: 'Orchard', joinPolicy: 'open', version: payload.version })
      expect(payload.chat).to.not.have.any.keys('myRole', 'muted', 'readSeq', 'unreadCount')
    }
  })

  it('a changed role, with the user who changed it', async () => {
    const chatId = await node.createChat(ada, [bob])
    const bobs = await node.connect(bob)
    await node.run('changeParticipantRole', { chatId, userId: bob, role: 'admin' }, ada)
    const [received] = await heardInBothWays(chatId, bob, bobs, 1)
    expect(received).to.deep.include({ event: 'participant_role_changed' })
    expect(received?.payload.participant).to.include({ id: bob, name: 'Bob', role: 'admin' })
    expect(received?.payload.by).to.deep.equal({ id: ada, name: 'Ada', avatarUrl: null, isBot: false })
  })

  it('the ban that ends their membership as the last event', async () => {
    const chatId = await node.createChat(ada, [bob])
    const [adas, bobs] = [await node.connect(ada), await node.connect(bob)]
    await node.run('banParticipant', { chatId, userId: bob, reason: null }, ada)
    await node.send(chatId, ada, 'among ourselves')
    await node.run('unbanParticipant', { chatId, userId: bob }, ada)
    const received = await heardInBothWays(chatId, ada, adas, 3)
    expect(toldOf(adas, chatId)).to.deep.equal([
      ['participant_banned', 2],
      ['new_message', 3],
      ['participant_unbanned', 4],
    ])
    expect(toldOf(bobs, chatId)).to.deep.equal([['participant_banned', 2]])
    expect(received[0]?.payload.participant).to.include({ id: bob, name: 'Bob', role: 'member', readSeq: 0 })
    expect(received[0]?.payload.by).to.include({ id: ada })
    expect(received[2]?.payload.participant).to.deep.equal({ id: bob, name: 'Bob', avatarUrl: null, isBot: false })
    const back = await node.connect(bob, { [chatId]: 1 })
    expect(inChat(back, chatId)).to.deep.equal([])
    expect((await back.first('ready')).payload.chats).to.not.have.property(chatId)
  })

  it('the ban of a user who was never a member, who receives nothing', async () => {
    const chatId = await node.createChat(ada, [bob])
    const [bobs, eves] = [await node.connect(bob), await node.connect(eve)]
    await node.run('banParticipant', { chatId, userId: eve, reason: null }, ada)
    const [received] = await heardInBothWays(chatId, bob, bobs, 1)
    expect(received?.event).to.equal('participant_banned')
    expect(received?.payload.participant).to.deep.equal({ id: eve, name: 'Eve', avatarUrl: null, isBot: false })
    expect(inChat(eves, chatId)).to.deep.equal([])
  })

  it('only `skipped` for invites, and a join by invite as a join', async () => {
    const chatId = await node.createChat(ada, [bob])
    const bobs = await node.connect(bob)
    const created = await node.core.run(
      'createInvite',
      { chatId, expiresInSeconds: null, maxUses: null },
      { userId: ada, origin: 'rest', correlationId: eve, key: null, client: null },
    )
    const code = node.core.invites.codeOf(chatId, created.commandId)
    const link = node.core.invites.read(code)
    expect(link?.chatId).to.equal(chatId)
    const eves = await node.connect(eve)
    await node.run('joinByInvite', { chatId, invite: link?.invite ?? '' }, eve)
    await node.run('revokeInvite', { chatId, invite: link?.invite ?? '' }, ada)
    const received = await heardInBothWays(chatId, bob, bobs, 3)
    expect(toldOf(bobs, chatId)).to.deep.equal([
      ['skipped', 2],
      ['participant_joined', 3],
      ['skipped', 4],
    ])
    expect(received[1]?.payload.participant).to.include({ id: eve, role: 'member' })
    expect(JSON.stringify(received)).not.to.contain(link?.invite)
    expect(toldOf(eves, chatId)).to.deep.equal([
      ['participant_joined', 3],
      ['skipped', 4],
    ])
  })

  it('a refusal to join, as over REST', async () => {
    const chatId = await node.createChat(ada, [], { joinPolicy: 'open' })
    await node.run('banParticipant', { chatId, userId: eve, reason: null }, ada)
    const eves = await node.connect(eve)
    expect((await eves.ask('join_chat', { chatId })).error).to.include({ status: 403, code: 'not-authorized' })
    await node.run('unbanParticipant', { chatId, userId: eve }, ada)
    expect(await eves.ask('join_chat', { chatId })).to.include({ ok: true })
    expect((await eves.ask('leave_chat', { chatId })).ok).to.equal(true)
  })
}).timeout(240_000)
