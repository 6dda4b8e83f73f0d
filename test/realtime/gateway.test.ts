import { expect } from 'chai'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { randomUUID } from 'node:crypto'
import { chatStream } from '../../src/domain/streams.js'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { createGate } from './gate.js'
import { callerOf, next, openClient, startNode, type Client, type RealtimeNode } from './realtime-node.js'

const statusOfUpgrade = async (url: string): Promise<number | undefined> => {
  const headers = { connection: 'Upgrade', upgrade: 'websocket' }
  const asked = request(`${url}/socket.io/?EIO=4&transport=websocket`, { headers, agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

describe('sockets', () => {
  let database: TestDatabase
  let node: RealtimeNode
  let ada: string
  let bob: string

  before(async () => {
    database = await createTestDatabase()
    node = await startNode(database, { allowedOrigins: ['https://app.example'] })
    ada = await node.register('Ada')
    bob = await node.register('Bob')
  })
  after(async () => {
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const refusalOf = async (auth: object): Promise<string> => {
    const { socket } = openClient(node.url, auth)
    const error = await next<Error & { data: { code: string } }>(socket, 'connect_error')
    socket.close()
    return error.data.code
  }

  const lengthOf = async (chatId: string): Promise<number> =>
    (await node.core.log.readStream(chatStream(chatId), { limit: 1_000 })).length

  describe('during the handshake', () => {
    it('are refused with a code for a bad token or invalid other fields', async () => {
      const token = node.token(ada)
      expect(await refusalOf({})).to.equal('token-missing')
      expect(await refusalOf({ token: 'not a token' })).to.equal('invalid-token')
      expect(await refusalOf({ token: node.token(ada, { seconds: -1 }) })).to.equal('token-expired')
      expect(await refusalOf({ token, cursors: { all: 1 } })).to.equal('validation-failed')
      expect(await refusalOf({ token, cursors: { [randomUUID()]: -1 } })).to.equal('validation-failed')
      expect(await refusalOf({ token, volume: 11 })).to.equal('validation-failed')
      const cursors = Object.fromEntries(Array.from({ length: 1_001 }, () => [randomUUID(), 1]))
      expect(await refusalOf({ token, cursors })).to.equal('too-many-cursors')
    })

    it('are accepted from the own or an allowed origin only', async () => {
      const connects = async (origin: string): Promise<boolean> => {
        const { socket } = openClient(node.url, { token: node.token(ada) }, { extraHeaders: { origin } })
        const connected = await Promise.race([
          next(socket, 'connect').then(() => true),
          next(socket, 'connect_error').then(() => false),
        ])
        socket.close()
        return connected
      }
      expect(await connects('https://app.example')).to.equal(true)
      expect(await connects(node.url)).to.equal(true)
      expect(await connects('https://evil.example')).to.equal(false)
    })

    it('get the state of each of their chats in `ready`', async () => {
      const chatId = await node.createChat(ada, [bob])
      await node.send(chatId, ada, 'one')
      await node.send(chatId, ada, 'two')
      await node.settled()
      const client = await node.connect(bob)
      const { payload } = await client.first('ready')
      expect(payload.userId).to.equal(bob)
      const unread = { readSeq: 0, unreadCount: 2, unreadMentions: 0 }
      expect(payload.chats[chatId]).to.deep.equal({ version: 3, lastSeq: 2, ...unread, muted: false, hidden: false })
    })
  })

  describe('receive', () => {
    it('a message as the read model has it, on every node', async () => {
      const elsewhere = await startNode(database)
      try {
        const chatId = await node.createChat(ada, [bob])
        const clients = [await node.connect(ada), await node.connect(bob), await elsewhere.connect(bob)]
        await node.send(chatId, ada, 'hello <b>Bob</b>')
        for (const client of clients) {
          const { payload } = await client.first('new_message')
          const stored = await eventually(async () => {
            const found = await node.core.queries.message(chatId, payload.id, bob)
            expect(found).to.not.equal(null)
            return found
          })
          expect(payload).to.deep.equal(stored?.answer)
          expect(payload).to.deep.include({ chatId, version: 2, seq: 1, content: 'hello <b>Bob</b>' })
          expect(payload.sender).to.deep.equal({ id: ada, name: 'Ada', avatarUrl: null, isBot: false })
        }
      } finally {
        await elsewhere[Symbol.asyncDispose]()
      }
    })

    it('a new chat that they take part in, and then its messages', async () => {
      const client = await node.connect(bob)
      const chatId = await node.createChat(ada, [bob])
      await node.send(chatId, ada, 'welcome')
      await client.first('new_message')
      const [created, message] = client.of('chat_created', 'new_message')
      expect(created?.payload).to.deep.include({ chatId, version: 1 })
      expect(created?.payload.chat).to.include({ id: chatId, version: 1, name: 'Garden', participantCount: 2 })
      expect(created?.payload.chat).to.not.have.any.keys('myRole', 'muted', 'readSeq', 'unreadCount')
      expect(created?.payload.participants.map(({ id }) => id)).to.have.members([ada, bob])
      expect(message?.payload).to.deep.include({ chatId, version: 2 })
    })

    it('a direct chat without a name', async () => {
      const [eve, dan] = [await node.register('Eve'), await node.register('Dan')]
      const client = await node.connect(dan)
      await node.createChat(eve, [dan], { chatType: 'direct', name: null })
      expect((await client.first('chat_created')).payload.chat).to.include({ type: 'direct', name: null })
    })

    it('the events from their join to the end of their membership, and no others', async () => {
      const chatId = await node.createChat(ada, [])
      const bobs = await node.connect(bob)
      const adas = await node.connect(ada)
      await node.send(chatId, ada, 'before')
      await node.run('addParticipants', { chatId, userIds: [bob], role: 'admin' }, ada)
      await node.send(chatId, ada, 'during')
      await node.run('removeParticipant', { chatId, userId: bob }, ada)
      await node.send(chatId, ada, 'after')
      await eventually(() => expect(adas.received.filter(({ payload }) => payload.chatId === chatId)).to.have.length(5))
      const received = bobs.received.filter(({ payload }) => payload.chatId === chatId)
      expect(received.map(({ event, payload }) => [event, payload.version])).to.deep.equal([
        ['participant_joined', 3],
        ['new_message', 4],
        ['participant_removed', 5],
      ])
      expect(received[0]?.payload.participant).to.include({ id: bob, name: 'Bob', role: 'admin', readSeq: 1 })
      expect(received[0]?.payload.by).to.deep.equal({ id: ada, name: 'Ada', avatarUrl: null, isBot: false })
    })

    it('the new owner when the owner leaves', async () => {
      const chatId = await node.createChat(ada, [bob])
      const bobs = await node.connect(bob)
      await node.run('leaveChat', { chatId }, ada)
      expect((await bobs.first('participant_left')).payload).to.deep.include({ chatId, version: 3 })
      const { payload } = await bobs.first('participant_role_changed')
      expect(payload.participant).to.include({ id: bob, role: 'owner' })
    })

    it('read markers of their own devices, and of others in small chats', async () => {
      const crowd = await Promise.all(Array.from({ length: 99 }, (_, index) => node.register(`User ${index}`)))
      const small = await node.createChat(ada, [bob, ...crowd.slice(1)])
      const large = await node.createChat(ada, [bob, ...crowd])
      for (const chatId of [large, small]) await node.send(chatId, ada, 'read this')
      const [adas, bobs] = [await node.connect(ada), await node.connect(bob)]
      for (const chatId of [large, small]) await node.run('markRead', { chatId, seq: 1, unread: false }, bob)
      await eventually(() => expect(bobs.of('read')).to.have.length(2))
      await eventually(() => expect(adas.of('read')).to.have.length(1))
      expect(adas.of('read')[0]?.payload).to.deep.equal({ chatId: small, userId: bob, seq: 1 })
    })

    it('a new name, also in the next message', async () => {
      const cleo = await node.register('Cleo')
      const chatId = await node.createChat(cleo, [bob])
      const [bobs, stranger] = [await node.connect(bob), await node.connect(ada)]
      await node.send(chatId, cleo, 'as Cleo')
      await bobs.first('new_message')
      await node.run('changeProfile', { change: { name: 'Cleopatra' } }, cleo)
      await node.send(chatId, cleo, 'as Cleopatra')
      const user = { id: cleo, name: 'Cleopatra', avatarUrl: null, isBot: false }
      expect((await bobs.first('profile_changed')).payload).to.deep.equal(user)
      await eventually(() => expect(bobs.of('new_message')[1]?.payload.sender).to.deep.equal(user))
      expect(stranger.of('profile_changed')).to.deep.equal([])
    })
  })

  describe('can', () => {
    it('send a message, and get it with its position', async () => {
      const chatId = await node.createChat(ada, [bob])
      const client = await node.connect(ada)
      const answer = await client.ask('send_message', {
        chatId,
        content: 'hi',
        clientMessageId: 'k1',
        metadata: { a: 1 },
      })
      expect(answer.ok).to.equal(true)
      expect(answer.position).to.match(/^[0-9a-f-]{36}\./)
      expect((await client.first('new_message')).payload).to.deep.equal(answer.message)
      expect(answer.message).to.deep.include({ content: 'hi', clientMessageId: 'k1', metadata: { a: 1 } })

      const again = await client.ask('send_message', {
        chatId,
        content: 'hi',
        clientMessageId: 'k1',
        metadata: { a: 1 },
      })
      expect(again.message).to.deep.equal(answer.message)
      const other = await client.ask('send_message', { chatId, content: 'ho', clientMessageId: 'k1' })
      expect(other.error.code).to.equal('idempotency-key-reused')
      expect(await lengthOf(chatId)).to.equal(2)
    })

    it('join, leave and read as over REST', async () => {
      const chatId = await node.createChat(ada, [], { joinPolicy: 'open' })
      const client = await node.connect(bob)
      expect(await client.ask('join_chat', { chatId })).to.include.keys('ok', 'position')
      await client.first('participant_joined')
      await node.send(chatId, ada, 'hello')
      expect((await client.ask('read', { chatId, seq: 1 })).ok).to.equal(true)
      expect((await client.first('read')).payload).to.deep.equal({ chatId, userId: bob, seq: 1 })
      expect((await client.ask('leave_chat', { chatId })).ok).to.equal(true)
      await client.first('participant_left')
      expect((await client.ask('leave_chat', { chatId })).error.code).to.equal('not-authorized')
    })

    it('get a refusal as `error` where they gave no ack', async () => {
      const chatId = await node.createChat(ada, [])
      const client = await node.connect(bob)
      client.socket.emit('send_message', { chatId, content: 'let me in' })
      const { payload } = await client.first('error')
      expect(payload).to.include({ code: 'not-authorized', chatId })
      expect(payload.message).to.match(/^Not authorized/)
      expect(await lengthOf(chatId)).to.equal(1)
    })

    it('send garbage, get an error with a code, and stay connected', async () => {
      const chatId = await node.createChat(ada, [bob])
      const client = await node.connect(ada)
      const garbage: [unknown, ...unknown[]][] = [
        ['send_message'],
        ['send_message', null],
        ['send_message', 'text'],
        ['send_message', Buffer.from('bytes')],
        ['send_message', { chatId: 7, content: 'x' }],
        ['send_message', { chatId, content: 'x'.repeat(10_001) }],
        ['send_message', { chatId, content: 'x', replyTo: 'that one' }],
        ['send_message', { chatId, content: 'x' }, 'and more'],
        ['send_message', [{ chatId, content: 'x' }]],
        ['sync', { cursors: { x: 'y' } }],
        ['edit_message', {}],
        ['__proto__', {}],
        ['constructor', {}],
        ['', {}],
        [12, {}],
      ]
      for (const [event, ...payload] of garbage) {
        const answer = await client.ask(event as string, ...payload)
        expect(answer.error.code, String(event)).to.be.oneOf(['validation-failed', 'unknown-event', 'message-too-long'])
        client.socket.emit(event as string, ...payload)
      }
      await eventually(() => expect(client.of('error')).to.have.length(garbage.length))
      expect(await lengthOf(chatId)).to.equal(1)
      expect((await client.ask('send_message', { chatId, content: 'still here' })).ok).to.equal(true)
    })

    it('send no more than the message limit, and repeats are still answered', async () => {
      const strict = await startNode(database, { messagesPerMinute: 2 })
      try {
        const chatId = await node.createChat(ada, [bob])
        const client = await strict.connect(ada)
        const send = (clientMessageId: string) => client.ask('send_message', { chatId, content: 'hi', clientMessageId })
        const first = await send('a')
        await send('b')
        expect((await send('c')).error.code).to.equal('rate-limited')
        expect((await send('a')).message.id).to.equal(first.message.id)
      } finally {
        await strict[Symbol.asyncDispose]()
      }
    })
  })

  describe('and their tokens', () => {
    it('are disconnected after it expires, unless they bring a new one of the same user and session', async () => {
      const short = await startNode(database, { tokenGraceMs: 0 })
      try {
        const session = randomUUID()
        const open = (): Client => openClient(short.url, { token: short.token(ada, { session, seconds: 3 }) })
        const [renewed, left] = [open(), open()]
        await renewed.first('ready')
        const foreign = [short.token(bob, { session }), short.token(ada), 'garbage']
        for (const token of foreign)
          expect((await renewed.ask('authenticate', { token })).error.code).to.be.oneOf([
            'not-authorized',
            'invalid-token',
          ])
        expect(await renewed.ask('authenticate', { token: short.token(ada, { session }) })).to.deep.equal({ ok: true })
        await eventually(() => expect(left.socket.connected).to.equal(false))
        expect(left.of('error')[0]?.payload.code).to.equal('token-expired')
        expect(renewed.socket.connected).to.equal(true)
        renewed.socket.close()
      } finally {
        await short[Symbol.asyncDispose]()
      }
    })
  })

  describe('when the node', () => {
    it('shuts down, get their answers and when to reconnect, and no new ones are accepted', async () => {
      const gate = createGate()
      const leaving = await startNode(database, {
        renderSentMessage: (present) => async (result, chat, viewer) => {
          await gate.pass()
          return present(result, chat, viewer)
        },
      })
      const chatId = await node.createChat(ada, [bob])
      const client = await leaving.connect(ada)
      const answer = client.ask('send_message', { chatId, content: 'last words' })
      await gate.someoneWaits()
      const gone = next(client.socket, 'disconnect')
      const drained = leaving.realtime.drain()
      expect(leaving.realtime.status().isDraining).to.equal(true)
      const late = openClient(leaving.url, { token: leaving.token(ada) })
      await next(late.socket, 'connect_error')
      // by which a load balancer tries another node
      expect(await statusOfUpgrade(leaving.url)).to.equal(503)
      gate.open()
      expect((await answer).ok).to.equal(true)
      await Promise.all([gone, drained])
      expect(client.of('server_draining')[0]?.payload.reconnectAfterMs).to.be.within(500, 5_000)
      late.socket.close()
      await leaving[Symbol.asyncDispose]()
    })

    it('writes faster than they read, are disconnected', async () => {
      const client = await node.connect(await node.register('Sloth'))
      const others = node.connections() - 1
      const { ws } = client.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } }
      ws._socket.pause()
      const flood = setInterval(() => {
        for (let count = 0; count < 2_000; count++) client.socket.emit('nonsense')
      }, 10)
      try {
        await eventually(() => expect(node.connections()).to.equal(others), { timeoutMs: 25_000 })
      } finally {
        clearInterval(flood)
      }
    }).timeout(240_000)
  })

  describe('an answer about a sent message', () => {
    it('is the same at first, on a repeat and in the history, and has no text for a user who has left since', async () => {
      const chatId = await node.createChat(ada, [bob])
      const message = { chatId, messageType: 'text', content: 'hi', metadata: null, clientMessageId: 'k' }
      const send = async () => {
        const result = await node.core.run('sendMessage', message, { ...callerOf(bob), key: { value: 'k' } })
        if (result.kind !== 'done' && result.kind !== 'repeated') throw new Error(result.kind)
        return { kind: result.kind, view: await node.renderSentMessage(result, chatId, bob) }
      }
      const [first, second] = [await send(), await send()]
      expect([first.kind, second.kind]).to.deep.equal(['done', 'repeated'])
      expect(second.view).to.deep.equal(first.view)
      await node.run('removeParticipant', { chatId, userId: bob }, ada)
      await node.settled()
      const { view } = await send()
      expect(view).to.deep.equal({ ...first.view, content: null, contentHtml: null, clientMessageId: null })
    })
  })
}).timeout(240_000)
