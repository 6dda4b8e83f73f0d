import { expect } from 'chai'
import fc from 'fast-check'
import type { Page, RecordedEvent } from '../../src/eventstore/event-log.js'
import { inTransaction } from '../../src/postgres/transaction.js'
import type { OpenedEvent } from '../../src/privacy/event-reader.js'
import { createConversations } from '../../src/projections/conversations/conversations.js'
import { createDecisionIndexProjection } from '../../src/projections/decision-index/decision-index.js'
import { applyPage } from '../../src/projections/engine/apply-page.js'
import type { ApplyTarget } from '../../src/projections/engine/apply-target.js'
import { readCheckpoint } from '../../src/projections/engine/checkpoint.js'
import { openProjection, type OpenProjection } from '../../src/projections/engine/open-projection.js'
import type { Projection } from '../../src/projections/engine/projection.js'
import { isFor } from '../../src/projections/engine/rebuild/build.js'
import { apart } from '../laws/lagging-node.js'
import { alice, bob, carol, openReadSide, type ReadSide } from './read-side.js'

const contents = [
  'Hello Bob, how are you?',
  'hello again, hello again',
  `<@${bob}> and <@${carol}>: c++ is not c#`,
  '<@all> the café opens at 9',
  `<@all> and <@${alice}>`,
  '…',
  '日本語の検索 and 한국어',
]

const step = fc.record({
  what: fc.oneof({ weight: 9, arbitrary: fc.constant('send' as const) }, fc.constantFrom('leave', 'join')),
  chat: fc.nat(1),
  user: fc.constantFrom(alice, bob, carol),
  content: fc.constantFrom(...contents),
  isReply: fc.boolean(),
  hasKey: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer Made> ? Made : never

/** Carol's messages as they are read when her keys are gone. */
const withoutCarol = (opened: OpenedEvent): OpenedEvent => {
  const { event } = opened
  if (event.type !== 'MessageSent' || event.senderId !== carol) return opened
  return { ...opened, event: { ...event, content: null, metadata: null, clientMessageId: null, mentions: [] } }
}

/** Pages of these sizes, by turns; a page ends where messages begin or end, so that there are pages of messages alone. */
function paged(events: readonly RecordedEvent[], sizes: readonly number[]): Page[] {
  const pages: RecordedEvent[][] = []
  for (const recorded of events) {
    const last = pages.at(-1)
    const isSame = (last?.at(-1)?.type === 'MessageSent') === (recorded.type === 'MessageSent')
    if (last !== undefined && isSame && last.length < sizes[pages.length % sizes.length]!) last.push(recorded)
    else pages.push([recorded])
  }
  return pages.map((page) => ({ events: page, position: page.at(-1)!.position }))
}

let copies = 0

describe('a page of messages alone', function () {
  this.timeout(240_000)
  let read: ReadSide

  beforeEach(async () => {
    read = await openReadSide()
  })
  afterEach(() => read[Symbol.asyncDispose]())

  /** Two chats of all three, in which these steps are tried; some are refused. */
  async function perform(steps: readonly Step[]): Promise<void> {
    const chats = [await read.createGroup([bob, carol]), await read.createGroup([bob, carol], 'since-joined')]
    const sent: (string | undefined)[] = []
    for (const [index, { what, chat, user, content, isReply, hasKey }] of steps.entries()) {
      const chatId = chats[chat]!
      const key = hasKey ? { value: `key ${index}` } : null
      const caller = { userId: user, origin: 'rest', correlationId: 'test', client: null, key } as const
      const replyTo = isReply ? sent[chat] : undefined
      const message = { chatId, messageType: 'text', content, metadata: { index }, clientMessageId: `${index}` }
      const result = await (what === 'send'
        ? read.runCommand('sendMessage', { ...message, ...(replyTo !== undefined && { replyTo }) }, caller)
        : read.runCommand(what === 'leave' ? 'leaveChat' : 'joinChat', { chatId }, caller))
      const [made] = result.kind === 'done' ? result.events : []
      if (made?.event.type === 'MessageSent') sent[chat] = made.event.messageId
    }
  }

  const copyOf = (projection: Projection): Promise<OpenProjection> =>
    openProjection(read.side.pool, apart(projection, ++copies), read.side.log)

  function targetOf({ projection, table }: OpenProjection): ApplyTarget {
    const { name, version } = projection
    return {
      ...{ projection, table, skipped: new Set() },
      moveQuery: (to, parameter) =>
        `update projections set position = ${parameter(to)} where name = ${parameter(name)} and version = ${parameter(version)}`,
      moved: () => undefined,
      failed: () => Promise.resolve(),
    }
  }

  async function rowsBothWays(projection: Projection, pages: readonly Page[]) {
    const { pool } = read.side
    let messagesApplied = 0
    const general = await copyOf(projection)
    const statements = await copyOf({
      ...projection,
      apply(batch, tx, table) {
        messagesApplied += batch.filter(({ type }) => type === 'MessageSent').length
        return projection.apply(batch, tx, table)
      },
    })
    for (const page of pages) {
      await inTransaction(pool, (tx) => projection.apply(page.events, tx, general.table))
      expect(await applyPage(pool, targetOf(statements), page)).to.equal(true)
      expect((await readCheckpoint(pool, statements.projection))?.position).to.equal(page.position)
    }
    expect(messagesApplied).to.equal(0)
    return [await read.dump(general), await read.dump(statements)] as const
  }

  it('leaves the same rows as one statement as in the general way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        async (steps, sizes) => {
          await perform(steps)
          const { log, reader } = read.side
          const { events } = await log.readAll(log.start, 100_000)
          const open = async (batch: readonly RecordedEvent[]) => (await reader.open(batch)).map(withoutCarol)
          for (const projection of [createConversations({ open }), createDecisionIndexProjection(reader)]) {
            const [general, statements] = await rowsBothWays(projection, paged(events.filter(isFor(projection)), sizes))
            expect(statements).to.deep.equal(general)
          }
        },
      ),
      { numRuns: 8 },
    )
  })

  it('writes nothing where the checkpoint is not the writer’s to move', async () => {
    await perform([{ what: 'send', chat: 0, user: alice, content: `Hello <@${bob}>`, isReply: false, hasKey: true }])
    const { log, reader, pool } = read.side
    const { events } = await log.readAll(log.start, 1_000)
    const isMessage = ({ type }: RecordedEvent): boolean => type === 'MessageSent'
    for (const projection of [createConversations(reader), createDecisionIndexProjection(reader)]) {
      const open = await copyOf(projection)
      await inTransaction(pool, (tx) =>
        projection.apply(
          events.filter((one) => isFor(projection)(one) && !isMessage(one)),
          tx,
          open.table,
        ),
      )
      const before = await read.dump(open)
      const moveQuery: ApplyTarget['moveQuery'] = (to, parameter) =>
        `update projections set position = ${parameter(to)} where name = 'another'`
      const page = { events: events.filter(isMessage), position: await log.head() }
      expect(await applyPage(pool, { ...targetOf(open), moveQuery }, page)).to.equal(false)
      expect(await read.dump(open)).to.deep.equal(before)
    }
  })
})
