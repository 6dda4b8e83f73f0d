import { expect } from 'chai'
import fc from 'fast-check'
import type { AnyEvent } from '../../../src/domain/any-event.js'
import type { RecordedEvent } from '../../../src/eventstore/event-log.js'
import type { EventReader } from '../../../src/privacy/event-reader.js'
import type { AuditEntry, AuditFilter } from '../../../src/projections/audit-trail/audit-entry.js'
import { entryNames } from '../../../src/projections/audit-trail/audit-events.js'
import { describeEvent } from '../../../src/projections/audit-trail/describe-event.js'
import { samples } from '../../privacy/samples.js'
import { NO_FILTER } from '../../../src/projections/audit-trail/audit-entry.js'
import { chats, messages, openAuditSide, users, type AuditSide, type ToRecord } from './audit-side.js'

const MINUTE_MS = 60_000
const start = Date.UTC(2026, 2, 31, 23, 50)
const instant = (ms: number): string => new Date(start + ms).toISOString()

const types = Object.keys(samples) as AnyEvent['type'][]
const indexIn = (list: readonly unknown[]) => fc.nat(list.length - 1)

/** Several nodes with clocks of their own: times mostly rise, but may fall behind by minutes. */
const log: fc.Arbitrary<ToRecord[]> = fc
  .array(
    fc.record({
      type: fc.oneof(fc.constantFrom(...types), fc.constantFrom('ChatCreated' as const, 'ChatsRead' as const)),
      actor: fc.option(indexIn(users)),
      user: indexIn(users),
      other: indexIn(users),
      chat: indexIn(chats),
      message: indexIn(messages),
      several: fc.boolean(),
      userAgent: fc.option(fc.constantFrom('phone', 'laptop')),
      stepMs: fc.integer({ min: 0, max: MINUTE_MS }),
      behindMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 * MINUTE_MS })),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((events) => {
    let now = 0
    return events.map(({ stepMs, behindMs, ...event }) => ({ ...event, at: instant((now += stepMs) - behindMs) }))
  })

const instants = fc.integer({ min: -5 * MINUTE_MS, max: 30 * MINUTE_MS }).map(instant)
const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value })
const oftenAsked = [
  entryNames.MessageSent,
  entryNames.ChatsRead,
  entryNames.ChatCreated,
  entryNames.SecurityEventRecorded,
]
const request = fc.record({
  filter: fc.record({
    event: rarely(fc.constantFrom(...oftenAsked)),
    userId: rarely(fc.constantFrom(...users)),
    targetUserId: rarely(fc.constantFrom(...users)),
    chatId: rarely(fc.constantFrom(...chats)),
    messageId: rarely(fc.constantFrom(...messages)),
    from: fc.option(instants, { freq: 2 }),
    to: fc.option(instants, { freq: 2 }),
  }),
  order: fc.constantFrom('asc' as const, 'desc' as const),
  limit: fc.integer({ min: 1, max: 7 }),
})

/** What the trail is: each event in turn. */
const fold = (events: readonly RecordedEvent[], reader: EventReader) =>
  events.map((recorded, index) => {
    const { event, metadata } = reader.decode(recorded)
    const { at, correlationId } = metadata
    const { subjects, ...described } = describeEvent(event, metadata.actor, recorded.stream)
    const entry = { ordinal: index + 1, position: recorded.position, correlationId, at, ...described }
    return { entry, ids: subjects.map(({ id }) => id), client: metadata.client !== undefined }
  })

type Folded = ReturnType<typeof fold>[number]

function matches({ entry, ids }: Folded, filter: AuditFilter): boolean {
  const { from, to } = filter
  const isOne = (field: Exclude<keyof AuditFilter, 'from' | 'to'>): boolean =>
    filter[field] === null || entry[field] === filter[field]
  const isOneOf = (field: 'targetUserId' | 'chatId'): boolean => isOne(field) || ids.includes(filter[field]!)
  return (
    isOne('event') &&
    isOne('userId') &&
    isOne('messageId') &&
    isOneOf('targetUserId') &&
    isOneOf('chatId') &&
    (from === null || entry.at >= from) &&
    (to === null || entry.at <= to)
  )
}

const withoutClient = ({ ip: _ip, userAgent: _agent, hash: _hash, ...rest }: AuditEntry) => rest

describe('the audit trail', function () {
  this.timeout(240_000)
  let audit: AuditSide

  before(async () => {
    audit = await openAuditSide()
  })
  after(() => audit[Symbol.asyncDispose]())

  async function applyInBatches(events: readonly RecordedEvent[], sizes: readonly number[]): Promise<void> {
    await audit.reset()
    for (let from = 0, batch = 0; from < events.length; batch++) {
      const size = sizes[batch % sizes.length]!
      await audit.apply(events.slice(from, from + size))
      from += size
    }
  }

  const batchSizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 })

  it('is the log, event by event, whatever is asked of it and in whatever batches it came', async () => {
    await fc.assert(
      fc.asyncProperty(
        log,
        batchSizes,
        fc.array(request, { minLength: 12, maxLength: 12 }),
        async (toRecord, sizes, requests) => {
          const events = await audit.record(toRecord)
          await applyInBatches(events, sizes)
          const expected = fold(events, audit.side.reader)
          for (const one of [{ filter: NO_FILTER, order: 'asc', limit: 50 } as const, ...requests]) {
            const found = expected.filter((each) => matches(each, one.filter)).map(({ entry }) => entry)
            const inOrder = one.order === 'asc' ? found : found.reverse()
            expect((await audit.all(one)).map(withoutClient)).to.deep.equal(inOrder)
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('is the same, row for row, when it is made again in other batches', async () => {
    await fc.assert(
      fc.asyncProperty(log, batchSizes, batchSizes, async (toRecord, sizes, others) => {
        const events = await audit.record(toRecord)
        await applyInBatches(events, sizes)
        const before = await audit.dump()
        await applyInBatches(events, others)
        expect(await audit.dump()).to.deep.equal(before)
        expect(before['audit_entries']).to.have.length(events.length)
      }),
      { numRuns: 10 },
    )
  })
})
