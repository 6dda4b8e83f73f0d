import { expect } from 'chai'
import type { CatalogueHandler } from '../../../src/commands/catalogue/stream-kinds.js'
import type { CommandContext } from '../../../src/commands/pipeline/command-context.js'
import { createSnapshots, type Snapshot, type Snapshots } from '../../../src/commands/pipeline/snapshots.js'
import { chatKind } from '../../../src/commands/catalogue/chat-kind.js'
import { inboxKind } from '../../../src/commands/catalogue/inbox-kind.js'
import { userKind } from '../../../src/commands/catalogue/user-kind.js'
import type { Chat, Participant } from '../../../src/domain/chat/state.js'
import type { ChatCommand } from '../../../src/domain/chat/commands.js'
import { chatStream } from '../../../src/domain/streams.js'
import { orderedMap } from '../../../src/domain/ordered-map.js'
import type { EventLog } from '../../../src/eventstore/event-log.js'
import { createPool } from '../../../src/postgres/pool.js'
import { openBreakableProxy } from '../../support/breakable-proxy.js'
import { eventually } from '../../support/eventually.js'
import { noFailures } from '../../support/failure-report.js'
import { recordedReport } from '../../support/recorded-report.js'
import { createTestDatabase } from '../../support/test-database.js'
import { uuid } from '../../support/uuid.js'
import { openWriteSide, type WriteSide } from '../../support/write-side.js'

const alice = uuid('alice')
const bob = uuid('bob')
const chat = chatStream(uuid('chat'))
const MESSAGES = 2_300

const create: ChatCommand = {
  type: 'CreateChat',
  chatType: 'group',
  by: alice,
  participantIds: [bob],
  name: null,
  historyVisibility: 'full',
  joinPolicy: 'open',
  imported: false,
}

const send = (name: string): ChatCommand => ({
  type: 'SendMessage',
  messageId: uuid(name),
  senderId: alice,
  messageType: 'text',
  content: name,
  metadata: null,
  clientMessageId: null,
})

const from = (name: string): CommandContext => ({
  commandId: uuid(name),
  actor: alice,
  origin: 'rest',
  correlationId: uuid('request'),
})

describe('a long stream that is read for the first time', () => {
  let side: WriteSide
  let snapshots: Snapshots
  let made: Snapshot

  before(async () => {
    side = await openWriteSide()
    snapshots = createSnapshots(side.pool, noFailures)
    const node = side.createNode()
    await node.handle(chat, create, from('create'))
    for (let n = 0; n < MESSAGES; n += 100) {
      const names = Array.from({ length: 100 }, (_, index) => `message ${n + index}`)
      await Promise.all(names.map((name) => node.handle(chat, send(name), from(name))))
    }
    made = await eventually(async () => {
      const found = await snapshots.load(chat)
      expect(found?.version).to.be.above(2_000)
      return found!
    })
  })

  after(() => side[Symbol.asyncDispose]())

  afterEach(() => snapshots.save(made))

  let count = 0

  /** The seq that the next message gets on a node that knows nothing yet, and how many events it read for that. */
  async function sendCold(overrides: { snapshots?: Snapshots } = {}): Promise<{ seq: number; read: number }> {
    let read = 0
    const log = Object.assign(Object.create(side.log) as EventLog, {
      async readStream(...args: Parameters<EventLog['readStream']>) {
        const events = await side.log.readStream(...args)
        read += events.length
        return events
      },
    })
    const name = `cold ${count++}`
    const result = await side.createNode({ log, ...overrides }).handle(chat, send(name), from(name))
    if (result.kind !== 'done') throw new Error(`it was ${result.kind}`)
    const [made] = result.events
    return { seq: made?.event.type === 'MessageSent' ? made.event.seq : 0, read }
  }

  const next = (): number => MESSAGES + count + 1

  it('is folded from its snapshot and the events after it', async () => {
    const expected = next()
    const { seq, read } = await sendCold()
    expect(seq).to.equal(expected)
    expect(read).to.be.below(200 + 1 + 1_000)
  })

  const unusable: Record<string, (snapshot: Snapshot) => Snapshot> = {
    'was made by another fold': (snapshot) => ({ ...snapshot, evolveVersion: 99, state: '{}' }),
    'is ahead of a log that was restored': (snapshot) => ({ ...snapshot, version: 1_000_000, state: '{}' }),
    'is of another log': (snapshot) => ({ ...snapshot, position: `${uuid('other')}.1`, state: '{}' }),
  }
  for (const [name, spoil] of Object.entries(unusable)) {
    it(`is folded from its start where the snapshot ${name}`, async () => {
      await snapshots.save(spoil(made))
      const expected = next()
      const { seq, read } = await sendCold()
      expect(seq).to.equal(expected)
      expect(read).to.be.above(MESSAGES)
    })
  }

  it('goes on without snapshots where they can neither be read nor written, which is reported once, and its end once', async () => {
    await using database = await createTestDatabase()
    await using proxy = await openBreakableProxy(database.url)
    const pool = createPool({ connectionString: proxy.url, max: 1 })
    const report = recordedReport()
    const unreachable = createSnapshots(pool, report)
    proxy.cut()
    expect(await unreachable.load(chat)).to.equal(null)
    expect(report.lines).to.have.length(1)
    expect(report.lines[0]).to.match(/^snapshots failed: /)
    const expected = next()
    expect(await sendCold({ snapshots: unreachable })).to.include({ seq: expected })
    proxy.restore()
    await unreachable.load(chat)
    expect(report.lines).to.have.length(2)
    expect(report.lines[1]).to.equal('snapshots recovered')
    proxy.cut()
    await unreachable.save(made)
    expect(report.lines).to.have.length(3)
    expect(report.lines[2]).to.match(/^snapshots failed: /)
    proxy.restore()
    await unreachable.save(made)
    expect(await unreachable.load(chat)).to.deep.equal(made)
    expect(report.lines).to.have.length(4)
    expect(report.lines[3]).to.equal('snapshots recovered')
    await pool.end()
  })

  it('has no personal data in its snapshot', () => {
    expect(made.state).to.include(alice)
    expect(made.state).not.to.include('message')
  })
})

describe('a state stored as JSON', () => {
  const roundTrip = <State>(
    { snapshot }: { snapshot: { toJson(state: State): unknown; fromJson(json: unknown): State } },
    state: State,
  ): State => snapshot.fromJson(JSON.parse(JSON.stringify(snapshot.toJson(state))))

  /** What makes it up, so that two can be compared. */
  const plain = <State>({ snapshot }: { snapshot: { toJson(state: State): unknown } }, state: State): unknown =>
    snapshot.toJson(state)

  it('is restored unchanged', () => {
    const spans = [{ fromVersion: 1, toVersion: null }]
    const participants = orderedMap<Participant>([
      [alice, { role: 'owner', spans }],
      [bob, { role: 'member', spans }],
    ])
    const open: Chat = {
      status: 'open',
      version: 12,
      chatType: 'group',
      participants,
      past: orderedMap([['c', [{ fromVersion: 1, toVersion: 4 }]]]),
      banned: orderedMap([['c', true]]),
      invites: orderedMap([['hash', { expiresAt: null, usesLeft: 2 }]]),
      visibility: [{ fromVersion: 1, visibility: 'full' }],
      joinPolicy: 'open',
      imported: false,
      archived: true,
      pins: 1,
      lastSeq: 7,
      expiredMonths: ['2026-01'],
      lastLine: 3,
    }
    for (const state of [open, { status: 'absent' } as const])
      expect(plain(chatKind, roundTrip(chatKind, state))).to.deep.equal(plain(chatKind, state))
    const back = roundTrip(chatKind, open)
    expect(back.status === 'open' && [...back.participants]).to.deep.equal([...participants])
    const inbox = {
      markers: orderedMap([[chat, 5]]),
      muted: orderedMap([[chat, true as const]]),
      hidden: orderedMap([[chat, 3]]),
    }
    expect(plain(inboxKind, roundTrip(inboxKind, inbox))).to.deep.equal({
      markers: [[chat, 5]],
      muted: [[chat, true]],
      hidden: [[chat, 3]],
    })
    const blocked = orderedMap([[bob, true as const]])
    const user = { status: 'active', imported: true, ownerId: null, blocked, addableBy: 'nobody' } as const
    expect(plain(userKind, roundTrip(userKind, user))).to.deep.equal({ ...user, blocked: [[bob, true]] })
  })
})

describe('following the log', () => {
  it('avoids version conflicts with appends of other nodes', async () => {
    await using side = await openWriteSide()
    let appends = 0
    const log = Object.assign(Object.create(side.log) as EventLog, {
      append(...call: Parameters<EventLog['append']>) {
        appends++
        return side.log.append(...call)
      },
    })
    const [here, there] = [side.createNode({ log }), side.createNode()]
    const handle = (node: CatalogueHandler, command: ChatCommand, name: string) =>
      node.handle(chat, command, from(name))
    await handle(here, create, 'create')
    await handle(there, send('theirs'), 'theirs')
    const { events } = await side.log.readAll(side.log.start, 100)
    here.observe(events)
    here.observe(events)
    expect(await handle(here, send('ours'), 'ours')).to.include({ kind: 'done' })
    expect(appends).to.equal(2)
  })

  it('does nothing for streams that are not cached', async () => {
    await using side = await openWriteSide()
    const node = side.createNode()
    await node.handle(chat, create, from('create'))
    const [created] = await side.log.readStream(chat, { limit: 1 })
    node.observe([
      { ...created!, stream: 'chat-unknown' },
      { ...created!, version: 2, type: 'ChatDreamt' },
    ])
    expect(await node.handle(chat, send('first'), from('first'))).to.include({ kind: 'done' })
  })
})
