import { expect } from 'chai'
import fc from 'fast-check'
import type { HistoryVisibility } from '../../../src/domain/chat/events.js'
import { maySee, visibleRanges, type Membership, type VisibilitySetting } from '../../../src/domain/visibility.js'
import type { ConversationQueries } from '../../../src/projections/conversations/conversation-queries.js'
import type { MessagePage } from '../../../src/projections/conversations/query-results.js'
import type { TableName } from '../../../src/projections/engine/projection.js'
import { applyVisibility } from '../../../src/projections/conversations/visibility/full-spans.js'
import { uuid } from '../../support/uuid.js'
import { alice, bob, openReadSide, type ReadSide } from '../read-side.js'

const MESSAGES = 30

interface Case {
  spans: Membership[]
  settings: VisibilitySetting[]
  page: MessagePage
  limit: number
}

/** Spans of one user, the last of which may still last; no two hold the same version. */
const spans = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 1, max: MESSAGES + 3 }), { minLength: 1, maxLength: 9 }))
  .map(([ends]) => {
    const ascending = ends.toSorted((a, b) => a - b)
    return ascending.flatMap((fromVersion, index): Membership[] =>
      index % 2 === 0 ? [{ fromVersion, toVersion: ascending[index + 1] ?? null }] : [],
    )
  })

const seq = fc.integer({ min: 0, max: MESSAGES + 2 })

/** As they followed one another, from the chat's beginning on; the same may be given twice. */
const settings: fc.Arbitrary<VisibilitySetting[]> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 2, max: MESSAGES + 1 }), { maxLength: 5 }),
    fc.array(fc.constantFrom<HistoryVisibility>('full', 'since-joined'), { minLength: 6, maxLength: 6 }),
  )
  .map(([versions, visibilities]) =>
    [1, ...versions.toSorted((a, b) => a - b)].map((fromVersion, index) => ({
      fromVersion,
      visibility: visibilities[index]!,
    })),
  )

const cases: fc.Arbitrary<Case> = fc.record({
  spans,
  settings,
  page: fc.oneof(
    fc.constant({ latest: true as const }),
    seq.map((before) => ({ before })),
    seq.map((after) => ({ after })),
    seq.map((around) => ({ around })),
  ),
  limit: fc.integer({ min: 1, max: 12 }),
})

describe('the visibility rule, in SQL', () => {
  let read: ReadSide
  let queries: ConversationQueries
  let table: TableName

  before(async () => {
    read = await openReadSide()
    ;({ table } = await read.open())
    queries = await read.queries()
  })

  after(() => read[Symbol.asyncDispose]())

  let chats = 0
  /** A chat whose nth message has seq n and version n. */
  async function chatOf({ spans: taken, settings: given }: Case): Promise<string> {
    const chatId = uuid(`chat ${chats++}`)
    const { pool } = read.side
    await pool.query(
      `insert into ${table('chats')} (id, type, created_by, created_at, updated_at, active_at, history_visibility, join_policy,
         participant_count, last_seq, version, always_full)
       values ($1, 'group', $2, now(), now(), now(), $3, 'open', 1, $4, $4, $5)`,
      [chatId, alice, given.at(-1)!.visibility, MESSAGES, given.every(({ visibility }) => visibility === 'full')],
    )
    await pool.query(
      `insert into ${table('messages')} (id, chat_id, seq, version, sent_version, sender_id, type, content, created_at, recorded_at)
       select gen_random_uuid(), $1, n, n, n, $2, 'text', n::text, now(), now() from generate_series(1, ${MESSAGES}) as n`,
      [chatId, alice],
    )
    for (const { fromVersion, visibility } of given) {
      const tx = await pool.connect()
      const event = { type: 'ChatChanged' as const, by: alice, historyVisibility: visibility }
      const where = { chatId, stream: `chat-${chatId}`, version: fromVersion, at: '', recordedAt: '' }
      await applyVisibility({ event, ...where }, { tx, table })
      tx.release()
    }
    for (const { fromVersion, toVersion } of taken)
      await pool.query(
        `insert into ${table('memberships')} (chat_id, user_id, from_version, to_version, join_order, role, joined_at, joined_seq, read_seq)
         values ($1, $2, $3, $4, 0, 'member', now(), 0, 0)`,
        [chatId, bob, fromVersion, toVersion],
      )
    return chatId
  }

  const everyMessage = Array.from({ length: MESSAGES }, (_, index) => index + 1)

  /** A page of the visible seqs, and whether there are more on each side. */
  function expected(seen: number[], page: MessagePage, limit: number) {
    const split = (start: number, older: number, newer: number) => {
      const [before, from] = [seen.filter((n) => n < start), seen.filter((n) => n >= start)]
      const shown = [...before.slice(Math.max(0, before.length - older)), ...from.slice(0, newer)]
      return { seqs: shown, older: before.length > older, newer: from.length > newer }
    }
    if ('before' in page) return split(page.before, limit, 0)
    if ('after' in page) return split(page.after + 1, 0, limit)
    if ('around' in page) {
      const before = seen.filter((n) => n < page.around).length
      const older = Math.min(before, Math.max(Math.floor(limit / 2), limit - (seen.length - before)))
      return split(page.around, older, limit - older)
    }
    return split(Infinity, limit, 0)
  }

  it('is that of the domain: for every page of messages, each message, the list of chats, and the membership', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const chatId = await chatOf(given)
        const ranges = visibleRanges(given.spans, given.settings)
        const seen = everyMessage.filter((version) => maySee(ranges, version))
        const isIn = given.spans.some(({ toVersion }) => toVersion === null)

        const found = await queries.messages(chatId, bob, given.page, given.limit)
        const page = found && { ...found.answer, seqs: found.answer.messages.map((message) => message.seq) }
        const { seqs, older, newer } = expected(seen, given.page, given.limit)
        if (isIn) expect(page).to.deep.include({ seqs, older, newer })
        else expect(page).to.equal(null)

        const all = await read.side.pool.query<{ id: string; seq: number }>(
          `select id, seq from ${table('messages')} where chat_id = $1 order by seq`,
          [chatId],
        )
        const single = await Promise.all(all.rows.map(({ id }) => queries.message(chatId, id, bob)))
        expect(single.flatMap((message) => message?.answer.seq ?? [])).to.deep.equal(seen)

        const listed = (await queries.chats(bob, 200, null)).items.find(({ id }) => id === chatId)
        expect(listed?.lastMessage).to.equal(isIn ? (seen.at(-1)?.toString() ?? null) : undefined)
        expect((await queries.chatMembership(chatId, bob))?.ranges).to.deep.equal(isIn ? ranges : undefined)
        const { chatsOf } = await queries.chatMemberships([bob])
        const chatMemberships = chatsOf.get(bob) ?? []
        expect(chatMemberships.find((chatMembership) => chatMembership.chatId === chatId)?.ranges).to.deep.equal(
          isIn ? ranges : undefined,
        )
        if (!isIn) return
        const last = MESSAGES + 4
        for (const version of everyMessage)
          expect(await queries.membersWithoutAccess(chatId, version, last)).to.deep.equal(
            maySee(ranges, version) ? [] : [bob],
          )
      }),
      { numRuns: 60 },
    )
  })
})
