import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Socket } from 'socket.io-client'
import {
  clientEventOperations,
  clientEventSchemas,
  type ClientEventName,
  type Problem,
} from '../../src/realtime/protocol.js'
import { next, startTestApp, type TestApp } from '../support/test-app.js'
import {
  everyone,
  isBot,
  openChat,
  outsiders,
  registerPeople,
  verdict,
  verdictOf,
  type Bot,
  type People,
  type WithToken as AnyWithToken,
  type World,
} from '../api/access/people.js'

type WithToken = Exclude<AnyWithToken, Bot>

/** For each event, a payload that is right in everything but, perhaps, in who sends it. */
const payloads: Record<ClientEventName, (world: World, who: WithToken) => object> = {
  send_message: ({ chatId }) => ({ chatId, content: 'hello' }),
  edit_message: ({ chatId, messageId }) => ({ chatId, messageId, content: 'otherwise' }),
  delete_message: ({ chatId, messageId }) => ({ chatId, messageId }),
  react: ({ chatId, messageId }) => ({ chatId, messageId, emoji: '👍', on: true }),
  join_chat: ({ chatId }) => ({ chatId }),
  leave_chat: ({ chatId }) => ({ chatId }),
  read: ({ chatId }) => ({ chatId, seq: 1 }),
  typing: ({ chatId }) => ({ chatId }),
  sync: () => ({ cursors: {} }),
  authenticate: ({ people }, who) => ({ token: people[who].token }),
}

const names = Object.keys(clientEventSchemas) as ClientEventName[]
const ofChats = names.filter((name) => clientEventOperations[name].access !== 'user')
const withToken = everyone.filter((who): who is WithToken => who !== 'no token' && !isBot(who))

interface Ack {
  ok: boolean
  error?: Problem & { instance?: string }
}

describe('access to socket events', function () {
  this.timeout(240_000)
  let parley: TestApp
  let people: People
  let sockets: Record<WithToken, Socket>

  before(async () => {
    parley = await startTestApp()
    people = await registerPeople(parley)
    const opened = withToken.map(async (who) => {
      const socket = parley.socket(people[who].token)
      await next(socket, 'ready')
      return [who, socket] as const
    })
    sockets = Object.fromEntries(await Promise.all(opened)) as Record<WithToken, Socket>
  })

  after(() => parley[Symbol.asyncDispose]())

  const ask = (name: ClientEventName, world: World, who: WithToken): Promise<Ack> =>
    sockets[who].timeout(30_000).emitWithAck(name, payloads[name](world, who)) as Promise<Ack>

  it('a handshake without a token is refused', async () => {
    const socket = parley.socket(undefined as unknown as string)
    const { data } = await next<{ data: Problem }>(socket, 'connect_error')
    expect(data.code).to.equal('token-missing')
  })

  it('a handshake with an unknown bot token is refused', async () => {
    const socket = parley.socket(`${people['bot, chat not bound'].token}x`)
    const { data } = await next<{ data: Problem }>(socket, 'connect_error')
    expect(data.code).to.equal('invalid-token')
  })

  for (const name of names) {
    const { access, bots } = clientEventOperations[name]
    it(`${name}, sent by bots: ${bots}`, async () => {
      await using world = await openChat(parley, people)
      for (const who of ['bot', 'bot, chat not bound'] as const) {
        const socket = parley.socket(world.people[who].token)
        await next(socket, 'ready')
        const payload = payloads[name](world, 'participant')
        const { ok, error } = (await socket.timeout(30_000).emitWithAck(name, payload)) as Ack
        expect(ok ? 'in' : error?.code, who).to.equal(verdictOf({ access, bots }, who))
        socket.close()
      }
    })
  }

  for (const name of names) {
    it(`${name}: ${clientEventOperations[name].access}`, async () => {
      const world = await openChat(parley, people)
      for (const who of withToken) {
        const { ok, error } = await ask(name, world, who)
        const expected = verdict(clientEventOperations[name].access, who, false)
        expect(ok ? 'in' : error?.code, who).to.equal(expected)
      }
    })
  }

  for (const name of ofChats) {
    it(`${name}: an outsider gets the same answer for an existing chat and for none`, async () => {
      const world = await openChat(parley, people)
      for (const who of outsiders) {
        const [there, none] = [await ask(name, world, who), await ask(name, { ...world, chatId: randomUUID() }, who)]
        expect(whole(there), who).to.deep.equal(whole(none))
      }
    })
  }
})

function whole({ error: { instance: _, ...error } = {} as Problem & { instance?: string }, ...ack }: Ack): object {
  return { ...ack, error }
}
