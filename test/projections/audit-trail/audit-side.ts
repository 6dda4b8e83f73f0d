import { randomUUID } from 'node:crypto'
import type { AnyEvent } from '../../../src/domain/any-event.js'
import type { Decided } from '../../../src/domain/event.js'
import type { RecordedEvent } from '../../../src/eventstore/event-log.js'
import { inTransaction } from '../../../src/postgres/transaction.js'
import { createAuditQueries, type AuditQueries } from '../../../src/projections/audit-trail/audit-queries.js'
import { createAuditTrail } from '../../../src/projections/audit-trail/audit-trail.js'
import type { AuditEntry, AuditRequest } from '../../../src/projections/audit-trail/audit-entry.js'
import { openProjection, type OpenProjection } from '../../../src/projections/engine/open-projection.js'
import { uuid } from '../../support/uuid.js'
import { openWriteSide, type WriteSide } from '../../support/write-side.js'
import { ada, bob, chat, samples, streamOf } from '../../privacy/samples.js'

export const users = ['ada', 'bob', 'cleo'].map(uuid)
export const chats = ['garden', 'kitchen'].map(uuid)
export const messages = ['first', 'second', 'third'].map(uuid)
const sampleMessage = samples.MessageSent.messageId

/** One event to record: the sample of its type, with other ids. */
export interface ToRecord {
  type: AnyEvent['type']
  /** Places in the lists above. */
  actor: number | null
  user: number
  other: number
  chat: number
  message: number
  /** Whether it concerns all users or chats, where its type can. */
  several: boolean
  at: string
  /** Null: without a client. */
  userAgent: string | null
}

/** The audit trail on real Postgres, given batches of sealed events as a runner gives them. */
export interface AuditSide extends AsyncDisposable {
  side: WriteSide
  open: OpenProjection
  queries: AuditQueries
  record(events: readonly ToRecord[]): Promise<RecordedEvent[]>
  apply(events: readonly RecordedEvent[]): Promise<void>
  /** Empties the tables. */
  reset(): Promise<void>
  /** All that match, read page by page. */
  all(request: Omit<AuditRequest, 'after'>): Promise<AuditEntry[]>
  /** Every row of every table. */
  dump(): Promise<Record<string, object[]>>
}

export async function openAuditSide(): Promise<AuditSide> {
  const side = await openWriteSide()
  const { pool, log, reader, sealer } = side
  const projection = createAuditTrail(reader)
  const open = await openProjection(pool, projection, log)
  const queries = createAuditQueries(pool, open, reader)
  let recordedSoFar = 0

  async function recordOne(toRecord: ToRecord): Promise<RecordedEvent> {
    const { at, actor, userAgent } = toRecord
    const { event, stream } = withIds(toRecord)
    const userId = actor === null ? null : users[actor]!
    const client =
      userAgent === null || userId === null
        ? {}
        : { client: await sealer.sealClient({ userId, session: uuid('session'), ip: '192.0.2.1', userAgent }, at) }
    const metadata = {
      at,
      commandId: randomUUID(),
      actor: userId,
      origin: 'rest',
      correlationId: randomUUID(),
      ...client,
    } as const
    const keys = await sealer.ensureKeys(sealer.keyNames(stream, event, at))
    const place = { stream, version: ++recordedSoFar, id: randomUUID() }
    return { ...sealer.seal({ ...place, event, metadata }, keys), ...place, position: `log.${recordedSoFar}` }
  }

  return {
    side,
    open,
    queries,
    async record(events) {
      const recorded: RecordedEvent[] = []
      for (const event of events) recorded.push(await recordOne(event))
      return recorded
    },
    apply: (events) => inTransaction(pool, (tx) => projection.apply(events, tx, open.table)),
    async reset() {
      await pool.query(`drop table ${projection.tables.map(open.table).join()}; ${projection.schema(open.table)}`)
    },
    async all(request) {
      const found: AuditEntry[] = []
      for (let after: number | null = null; ;) {
        const { items, next } = await queries.entries({ ...request, after })
        found.push(...items)
        if (next === null) return found
        after = Number(next)
      }
    },
    async dump() {
      const rowsOf = async (name: string) => {
        const text = `select to_jsonb(t) as row from ${open.table(name)} t order by to_jsonb(t)`
        const { rows } = await pool.query<{ row: object }>(text)
        return [name, rows.map(({ row }) => row)] as const
      }
      return Object.fromEntries(await Promise.all(projection.tables.map(rowsOf)))
    },
    [Symbol.asyncDispose]: () => side[Symbol.asyncDispose](),
  }
}

function withIds({ type, several, ...places }: ToRecord): { event: Decided<AnyEvent>; stream: string } {
  const sample = several ? withAll(samples[type]) : samples[type]
  const text = JSON.stringify({ event: sample, stream: streamOf(sample) })
    .replaceAll(ada, users[places.user]!)
    .replaceAll(bob, users[places.other]!)
    .replaceAll(chat, chats[places.chat]!)
    .replaceAll(sampleMessage, messages[places.message]!)
  return JSON.parse(text) as { event: Decided<AnyEvent>; stream: string }
}

function withAll(event: Decided<AnyEvent>): Decided<AnyEvent> {
  if (event.type === 'ChatCreated')
    return { ...event, participants: users.map((userId) => ({ userId, role: 'member' as const })) }
  if (event.type === 'ChatsRead') return { ...event, chats: chats.map((chatId) => ({ chatId, seq: 5 })) }
  return event
}
