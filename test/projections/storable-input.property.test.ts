import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { createImportIds } from '../../src/import/import-ids.js'
import { importLines } from '../../src/import/import-lines.js'
import { userKey } from '../../src/privacy/key-names.js'
import { createClub, type Club } from '../api/app/club.js'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'

const special = [
  '\u0000',
  '\ud800',
  '\u200b',
  '\ufe0f',
  '\u202e',
  '\u2028',
  '\uffff',
  '\u{10ffff}',
  '\u{e0001}',
  "'",
  "\\'",
  ':*',
  '<@all>',
  '"',
  '&|!<->',
  'İıßœﾊﾞ',
  '\u0301'.repeat(40),
  '👨‍👩‍👧‍👦',
  'ﷺ'.repeat(30),
  'a'.repeat(300),
  'ـ'.repeat(30),
]
const text = fc.oneof(
  fc.constantFrom(...special),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.array(fc.constantFrom(...special, 'word', ' ', '\n'), { maxLength: 8 }).map((parts) => parts.join('')),
)

const instants = [
  '0000-01-01T00:00:00Z',
  '0000-12-31T23:59:59-00:01',
  '0000-01-01T00:00:00+14:00',
  '0001-01-01T00:00:00+00:01',
  '0001-01-01T00:00:00Z',
  '1582-10-10T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-06-30T23:59:60Z',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59-12:00',
  '9999-12-31T23:59:59.9999999Z',
]
const at = fc.oneof(
  fc.constantFrom(...instants),
  fc
    .tuple(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: -23, max: 23 }))
    .map(
      ([year, hours]) =>
        `${String(year).padStart(4, '0')}-01-01T00:00:00${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:59`,
    ),
)

const given = fc.record({
  name: text,
  status: text,
  chatName: text,
  content: text,
  edited: text,
  metadata: fc.dictionary(text, fc.jsonValue(), { maxKeys: 4 }),
  type: fc.oneof(fc.constant('text'), text),
  key: text,
  emoji: text,
  reason: text,
  at,
})

type Given = typeof given extends fc.Arbitrary<infer Value> ? Value : never

describe('every value that the input schemas accept', function () {
  this.timeout(180_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let admin: TestUser

  before(async () => {
    parley = await startTestApp()
    ;[ada, bob] = [await parley.register('Ada'), await parley.register('Bob')]
    admin = await parley.withRoles('Admin', 'admin')
  })
  after(() => parley[Symbol.asyncDispose]())

  const accepted = new Map<string, number>()
  /** Refused or not: never by a fault. */
  async function send(who: TestUser, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await parley.call(method, path, { token: who.token, ...(body === undefined ? {} : { body }) })
    expect(answer.status, `${method} ${path}`).to.be.lessThan(500)
    const what = `${method} ${path.replace(/[0-9a-f-]{36}/g, ':id').split('?')[0]!}`
    if (answer.status < 300) accepted.set(what, (accepted.get(what) ?? 0) + 1)
    return answer
  }

  async function importLine(line: object): Promise<void> {
    const { run, sealer, runners, dataKeys } = parley.app.core
    async function* lines(): AsyncGenerator<string> {
      yield await Promise.resolve(JSON.stringify(line))
    }
    const { refused } = await importLines(lines(), {
      run,
      ids: createImportIds(createSecretKey(randomBytes(32)), 'archive'),
      makeKeys: (userIds) => dataKeys.getOrCreate(userIds.map(userKey)),
      fingerprint: (userId, of) => sealer.fingerprint(userId, of),
      projected: (position) => runners.decisionIndex.progress.reached(position),
      correlationId: randomUUID(),
      onRefused: () => undefined,
      onLine: () => undefined,
    })
    if (refused === 0) accepted.set('import', (accepted.get('import') ?? 0) + 1)
  }

  async function write(club: Club, value: Given): Promise<void> {
    const { name, status, chatName, content, edited, metadata, type, key, emoji, reason } = value
    await send(ada, 'PATCH', '/users/me', { name })
    await send(ada, 'PATCH', '/users/me', { statusText: status })
    await send(ada, 'PATCH', `/chats/${club.id}`, { name: chatName })
    await send(ada, 'POST', `/chats/${club.id}/messages`, { content })
    await send(ada, 'POST', `/chats/${club.id}/messages`, { content, type, metadata, clientMessageId: key })
    const { body } = await send(ada, 'POST', `/chats/${club.id}/messages`, { content: 'text', metadata })
    const { id = randomUUID() } = body as { id?: string }
    await send(ada, 'PATCH', `/chats/${club.id}/messages/${id}`, { content: edited })
    if (emoji.isWellFormed()) {
      await send(bob, 'PUT', `/chats/${club.id}/messages/${id}/reactions/${encodeURIComponent(emoji)}`)
    }
    await send(bob, 'POST', `/chats/${club.id}/messages/${id}/reports`, { reason })
    await send(ada, 'POST', `/chats/${club.id}/webhooks`, { direction: 'in', name })
    await send(ada, 'PUT', `/chats/${club.id}/bans/${bob.id}`, { reason })
    const line = { chat: chatName, user: name, at: value.at }
    await importLine({ ...line, type: 'message', content })
    await importLine({ ...line, chat: 'room', user: 'someone', type: 'nick', newName: name })
    await importLine({ chat: 'room', user: 'someone', at: value.at, type: 'message', content: 'text' })
  }

  async function readAll(club: Club, { content, name, chatName }: Given): Promise<void> {
    const q = (query: string): string => encodeURIComponent(query.isWellFormed() ? query : '')
    const paths = [
      `/users/${ada.id}`,
      `/users?query=${q(name)}`,
      `/chats/open?query=${q(chatName)}`,
      `/chats`,
      `/chats/${club.id}`,
      `/chats/${club.id}/messages`,
      `/chats/${club.id}/events`,
      `/chats/${club.id}/bans`,
      `/chats/${club.id}/webhooks`,
      `/search/messages?q=${q(content)}`,
    ]
    for (const path of paths) await send(ada, 'GET', path)
    await send(admin, 'GET', '/reports')
  }

  it('can be stored by every projection, and shown', async () => {
    await fc.assert(
      fc.asyncProperty(given, async (value) => {
        const club = await createClub(parley, ada, [bob], { joinPolicy: 'open' })
        await write(club, value)
        const { log, runners } = parley.app.core
        const head = await log.head()
        for (const runner of Object.values(runners)) {
          expect(await runner.progress.reached(head, { timeoutMs: 30_000 }), runner.status().name).to.equal(true)
          expect(runner.status()).to.include({ status: 'live' })
        }
        await readAll(club, value)
      }),
      {
        numRuns: 30,
        endOnFailure: true,
        examples: instants.map((instant): [Given] => [
          {
            ...{ name: 'n', status: 's', chatName: 'c', content: 'x', edited: 'y', metadata: {}, type: 'text' },
            ...{ key: 'k', emoji: '👍', reason: 'r', at: instant },
          },
        ]),
      },
    )
    // the samples are not all refused
    for (const what of ['PATCH /users/me', 'POST /chats/:id/messages', 'PUT /chats/:id/bans/:id', 'import'])
      expect(accepted.get(what), what).to.be.greaterThan(5)
  })
})
