import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import { routeList } from '../../src/api/route-list.js'
import type { People } from '../api/access/people.js'
import { requests } from '../api/access/requests.js'
import { rowsOf } from '../api/access/rows.js'
import { eventually } from '../support/eventually.js'
import { next, startTestApp, type Answer, type Node, type TestUser, type TestApp } from '../support/test-app.js'

/** What nobody of the attackers ever may read, and what nobody at all may read any longer. */
const hidden = {
  plain: 'hidden-plain-7f3a',
  edited: 'hidden-edited-7f3b',
  before: 'hidden-before-edit-7f3c',
  deleted: 'hidden-deleted-7f3d',
  metadata: 'hidden-metadata-7f3e',
  reason: 'hidden-reason-7f3f',
} as const
const dead = {
  edited: 'dead-edited-9c1a',
  deleted: 'dead-deleted-9c1b',
  own: 'dead-own-9c1c',
  banned: 'dead-own-9c1d',
} as const
const shown = 'shown-5e2a'

/** These end the attacker's own session or place, or end the test's world; they have nothing of a chat to give away. */
const notAsked = ['/auth/', 'POST /chats/:id/leave', 'POST /chats/:id/join', 'PATCH /users/me', '/users/me/erasure']

const attackers = ['late', 'back', 'banned', 'never'] as const
type Attacker = (typeof attackers)[number]

interface Heard {
  event: string
  payload: unknown
}

describe('hidden, deleted and edited content', function () {
  this.timeout(120_000)
  let parley: TestApp
  let node: Node
  let people: Record<Attacker | 'owner' | 'author' | 'bystander', TestUser>
  let chatId: string
  let position = ''
  let lastVersion = 0
  const ids: Record<'plain' | 'edited' | 'deleted' | 'shown' | 'reply' | 'wasEdited' | 'wasDeleted' | 'seen', string> =
    {
      plain: '',
      edited: '',
      deleted: '',
      shown: '',
      reply: '',
      wasEdited: '',
      wasDeleted: '',
      seen: '',
    }
  const live: Heard[] = []

  async function call(who: TestUser, method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = position === '' ? {} : { 'parley-position': position }
    const answer = await parley.call(method, path, { token: who.token, headers, ...(body !== undefined && { body }) })
    position = answer.headers.get('parley-position') ?? position
    return answer
  }

  /** Of the chat; it must not be refused. */
  async function done(who: TestUser, method: string, path: string, body?: unknown): Promise<{ id: string }> {
    const answer = await call(who, method, `/chats/${chatId}${path}`, body)
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).to.be.lessThan(300)
    return answer.body as { id: string }
  }

  const send = async (who: TestUser, content: string, more: object = {}): Promise<string> =>
    (await done(who, 'POST', '/messages', { content, ...more })).id

  function listen(socket: Socket, received: Heard[]): void {
    socket.onAny((event: string, payload: unknown) => received.push({ event, payload }))
  }

  /** All that a socket with this cursor is told before it is live. */
  async function resumed(who: TestUser, from: Node | TestApp, cursor: number): Promise<Heard[]> {
    const socket = from.socket(who.token, { [chatId]: cursor })
    const received: Heard[] = []
    listen(socket, received)
    await eventually(() => {
      expect(received.some(({ event }) => event === 'ready')).to.equal(true)
    })
    socket.close()
    return received
  }

  const clean = (what: string, answer: unknown, markers: readonly string[]): void => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
    expect(
      markers.filter((marker) => text.includes(marker)),
      what,
    ).to.deep.equal([])
  }

  const everything = [...Object.values(hidden), ...Object.values(dead)]
  const whole = ({ headers, body }: Answer): unknown => [[...headers], body]
  const ownSend = {
    back: { content: dead.own, clientMessageId: 'b1' },
    banned: { content: `${dead.banned} <@8b1f0c3e-0000-4000-8000-000000000000>`, clientMessageId: 'b2' },
  }

  const ownDeleted = { late: [], back: [dead.own], banned: [dead.banned], never: [] }

  before(async () => {
    parley = await startTestApp()
    node = await parley.startNode()
    const register = async (name: string): Promise<TestUser> => parley.register(name)
    people = {
      owner: await register('owner'),
      author: await register('author'),
      bystander: await register('bystander'),
      late: await register('late'),
      back: await register('back'),
      banned: await register('banned'),
      never: await register('never'),
    }
    const { owner, author, back, banned, late, bystander } = people
    const created = await call(owner, 'POST', '/chats', {
      type: 'group',
      name: 'Board',
      historyVisibility: 'since-joined',
      participantIds: [author, back, banned, bystander].map(({ id }) => id),
    })
    chatId = (created.body as { id: string }).id
    for (const who of ['late', 'back', 'banned', 'never'] as const) {
      const socket = node.socket(people[who].token)
      listen(socket, live)
      await next(socket, 'ready')
    }
    const own = await Promise.all([send(back, dead.own, ownSend.back), send(banned, dead.banned, ownSend.banned)])
    ids.seen = await send(author, 'as it was')
    await done(owner, 'DELETE', `/participants/${back.id}`)
    await done(owner, 'PUT', `/bans/${banned.id}`, { reason: hidden.reason })
    for (const id of own) await done(owner, 'DELETE', `/messages/${id}`)

    ids.plain = await send(author, hidden.plain, { metadata: { note: hidden.metadata } })
    ids.edited = await send(author, hidden.before)
    await done(author, 'PATCH', `/messages/${ids.edited}`, { content: hidden.edited })
    ids.deleted = await send(author, hidden.deleted)
    await done(author, 'PATCH', `/messages/${ids.seen}`, { content: 'as it is' })
    await done(author, 'DELETE', `/messages/${ids.deleted}`)
    await done(owner, 'PUT', `/pins/${ids.plain}`)
    await done(author, 'PUT', `/messages/${ids.plain}/reactions/${encodeURIComponent('👍')}`)

    await done(owner, 'POST', '/participants', { userIds: [late.id, back.id] })
    // the setting changes after it was closed, and widens nothing
    await done(owner, 'PATCH', '', { historyVisibility: 'full' })
    ids.shown = await send(author, shown)
    ids.reply = await send(author, 'an answer', { replyTo: ids.plain })
    // what becomes of hidden messages while the attackers take part
    await done(author, 'PATCH', `/messages/${ids.edited}`, { content: hidden.edited })
    await done(owner, 'PUT', `/messages/${ids.edited}/reactions/${encodeURIComponent('👎')}`)
    await done(owner, 'PUT', `/pins/${ids.edited}`)
    ids.wasEdited = await send(author, dead.edited)
    await done(author, 'PATCH', `/messages/${ids.wasEdited}`, { content: 'otherwise' })
    ids.wasDeleted = await send(author, dead.deleted)
    await done(author, 'DELETE', `/messages/${ids.wasDeleted}`)
    const chat = await call(owner, 'GET', `/chats/${chatId}`)
    lastVersion = Number(chat.headers.get('parley-chat-version'))
    await eventually(() => {
      expect(JSON.stringify(live)).to.include(`"version":${lastVersion}`)
    })
  })

  after(() => parley[Symbol.asyncDispose]())

  const rows = routeList.flatMap(rowsOf)

  it('every route is attacked', () => {
    expect(Object.keys(requests)).to.include.members(rows.map(({ name }) => name))
  })

  it('is returned by the same routes to those who may see it', async () => {
    const text = JSON.stringify([
      whole(await call(people.owner, 'GET', `/chats/${chatId}/messages`)),
      whole(await call(people.owner, 'GET', `/chats/${chatId}/bans`)),
      whole(await call(people.owner, 'GET', `/chats/${chatId}/messages/${ids.edited}/history`)),
      whole(await call(people.owner, 'GET', '/search/messages?q=hiddne')),
      await resumed(people.owner, node, 0),
    ])
    const { deleted: _, ...alive } = hidden
    expect(Object.values(alive).filter((marker) => !text.includes(marker))).to.deep.equal([])
    clean('the owner', text, [...Object.values(dead), hidden.deleted])
  })

  it('is not sent live to users who may not see it', () => {
    clean('live', live, Object.values(hidden))
    expect(JSON.stringify(live)).to.include(shown)
  })

  it('does not withhold later changes of a message that a user may see', async () => {
    const editsHeard = async (who: TestUser): Promise<unknown[]> =>
      (await resumed(who, node, 0))
        .filter(({ event }) => event === 'message_edited')
        .map(({ payload }) => (payload as { message: { id: string } }).message.id)
    expect(await editsHeard(people.back)).to.include(ids.seen)
    expect(await editsHeard(people.late)).not.to.include(ids.seen)
  })

  for (const who of attackers) {
    const isIn = who === 'late' || who === 'back'

    it(`is not sent to a user who is ${who}, from any cursor on any node`, async () => {
      for (let cursor = 0; cursor <= lastVersion + 1; cursor++) {
        const received = await resumed(people[who], cursor % 2 === 0 ? parley : node, cursor)
        clean(`cursor ${cursor}`, received, everything)
        const versions = received.flatMap(({ payload }) => {
          const {
            chatId: about,
            version,
            fromVersion = version,
          } = payload as Record<string, number> & { chatId?: unknown }
          return about === chatId && version !== undefined ? [[fromVersion, version]] : []
        })
        if (!isIn || cursor > lastVersion) continue
        let last = cursor
        for (const [from, to] of versions) {
          expect(from, `after ${last}`).to.equal(last + 1)
          last = to!
        }
        expect(last).to.be.at.least(lastVersion)
      }
    })

    it(`is not returned to a user who is ${who} on any kind of page`, async () => {
      const paths = [
        ...Array.from({ length: lastVersion + 2 }, (_, version) => `/events?after=${version}`),
        ...Array.from({ length: lastVersion + 2 }, (_, version) => `/events?after=${version}&limit=1`),
        ...Array.from({ length: 12 }, (_, seq) => [
          `/messages?around=${seq}`,
          `/messages?before=${seq}`,
          `/messages?after=${seq}`,
        ]).flat(),
        '/messages?limit=1',
        '/pins',
        '',
        '/participants',
      ]
      let text = ''
      for (const path of paths) {
        const answer = await call(people[who], 'GET', `/chats/${chatId}${path}`)
        // The chat may have gone on since; else the cursor is ahead of it.
        const isAhead = path.startsWith(`/events?after=${lastVersion + 1}`)
        expect(answer.status, path).to.be.oneOf(isIn ? (isAhead ? [200, 400] : [200]) : [404])
        clean(path, whole(answer), everything)
        text += JSON.stringify(answer.body)
      }
      expect(text.includes(shown)).to.equal(isIn)
    })

    it(`is not found by a user who is ${who} in any search`, async () => {
      const words = everything.flatMap((marker) => [marker, `"${marker}"`, ...marker.split('-')])
      for (const q of [...new Set([...words, 'hiddne', 'edadd', 'deaad', 'deletd', 'hid'])])
        for (const where of ['', `&chatId=${chatId}`]) {
          const answer = await call(people[who], 'GET', `/search/messages?q=${encodeURIComponent(q)}${where}`)
          const found = [answer.status, Array.isArray(answer.body) ? answer.body : []]
          expect(found, q).to.deep.equal([isIn || where === '' ? 200 : 404, []])
        }
    })

    it(`is not sent to a user who is ${who} as socket events`, async () => {
      const socket = node.socket(people[who].token)
      const received: Heard[] = []
      listen(socket, received)
      await next(socket, 'ready')
      for (const messageId of [ids.plain, ids.edited, ids.deleted]) {
        const about = { chatId, messageId }
        const asked = [
          ['edit_message', { ...about, content: 'mine' }],
          ['delete_message', about],
          ['react', { ...about, emoji: '👍', on: true }],
          ['send_message', { chatId, content: 'quoting', replyTo: messageId }],
        ] as const
        for (const [event, payload] of asked) {
          const ack = (await socket.emitWithAck(event, payload)) as { ok: boolean }
          expect(ack.ok, event).to.equal(false)
          clean(event, ack, everything)
        }
      }
      const synced: unknown = await socket.emitWithAck('sync', { cursors: { [chatId]: 0 } })
      clean('sync', synced, everything)
      if (isIn)
        await eventually(() => {
          expect(JSON.stringify(received)).to.include(shown)
        })
      clean('received', received, everything)
      socket.close()
    })

    it(`is not returned to a user who is ${who} by any route, for any message`, async () => {
      const { bystander } = people
      // those whom requests name are not who asks
      const about = { people: { bystander, participant: bystander } as unknown as People, chatId }
      for (const messageId of Object.values(ids))
        for (const { name, method } of rows) {
          if (notAsked.some((part) => name.includes(part))) continue
          const isOwn = [ids.shown, ids.reply, ids.wasEdited, ids.wasDeleted].includes(messageId)
          const { path, body } = requests[name]!({ ...about, messageId })
          const answer = await call(people[who], method, path, body)
          // what a message in visibility said before is what its history is for; an export has what the user deleted
          const may =
            isIn && isOwn && name.endsWith('/history') && messageId === ids.wasEdited
              ? [dead.edited]
              : name === 'GET /users/me/export'
                ? ownDeleted[who]
                : []
          clean(
            `${name} of ${messageId}`,
            whole(answer),
            everything.filter((marker) => !(may as string[]).includes(marker)),
          )
        }
    })
  }

  it('is not returned by a repeat of the command that sent it', async () => {
    for (const who of ['back', 'banned'] as const) {
      const answer = await call(people[who], 'POST', `/chats/${chatId}/messages`, ownSend[who])
      clean(who, whole(answer), everything)
      expect(answer.headers.get('idempotency-replayed'), JSON.stringify(answer.body)).to.equal('true')
      expect((answer.body as { mentions: string[] }).mentions).to.deep.equal([])
    }
    const again = await call(people.never, 'GET', `/chats/${randomUUID()}/messages`)
    expect(again.status).to.equal(404)
  })
})
