import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { ClientBase } from 'pg'
import type { TableName } from '../../src/projections/engine/projection.js'
import { createConversations } from '../../src/projections/conversations/conversations.js'
import type { OpenedEvent } from '../../src/privacy/event-reader.js'
import { openReadSide, type ReadSide } from './read-side.js'

describe('what a message costs to write', function () {
  this.timeout(240_000)
  let read: ReadSide

  before(async () => {
    read = await openReadSide()
  })
  after(() => read[Symbol.asyncDispose]())

  it('in a chat of 5,000 participants it is the same handful of rows as in one of two', async () => {
    const { table } = await read.open()
    const rowsIn = async (people: number): Promise<number> => {
      const tx = await read.side.pool.connect()
      try {
        await tx.query('begin')
        const message = await messageInChat(tx, table, people)
        const before = await written(tx)
        await projectionOf(message).apply([], tx, table)
        return (await written(tx)) - before
      } finally {
        await tx.query('rollback')
        tx.release()
      }
    }
    // the message, its words, the one word that is new to the chat, its chat, and the sender's own reading
    expect([await rowsIn(2), await rowsIn(5_000)]).to.deep.equal([5, 5])
  })
})

/** The projection, to which the log gives this event. */
const projectionOf = (opened: OpenedEvent) =>
  createConversations({
    open: () => Promise.resolve([opened]),
  })

async function written(tx: ClientBase): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    'select sum(n_tup_ins + n_tup_upd + n_tup_del)::integer as count from pg_stat_xact_user_tables',
  )
  return rows[0]?.count ?? 0
}

async function messageInChat(tx: ClientBase, table: TableName, people: number): Promise<OpenedEvent> {
  const [chatId, senderId, at] = [randomUUID(), randomUUID(), '2026-01-01T00:00:00.000Z']
  await tx.query(
    `insert into ${table('chats')} (id, type, created_by, created_at, updated_at, active_at, history_visibility, join_policy,
       participant_count, last_seq, version, always_full)
     values ($1, 'group', $2, now(), now(), now(), 'full', 'invite', $3, 0, 1, true)`,
    [chatId, senderId, people],
  )
  await tx.query(
    `insert into ${table('memberships')} (chat_id, user_id, from_version, join_order, role, joined_at, joined_seq, read_seq)
     select $1, case p when 1 then $2::uuid else gen_random_uuid() end, 1, p, 'member', now(), 0, 0 from generate_series(1, $3) as p`,
    [chatId, senderId, people],
  )
  const message = { messageId: randomUUID(), seq: 1, senderId, clientMessageId: null, content: 'Hello', metadata: null }
  const mentions = { mentions: [], mentionsAll: false }
  const event = { type: 'MessageSent' as const, messageType: 'text', ...mentions, ...message }
  const metadata = {
    schemaVersion: 1,
    at,
    commandId: randomUUID(),
    actor: null,
    origin: 'system',
    correlationId: '',
    mac: '',
  } as const
  return { event, stream: `chat-${chatId}`, version: 2, position: '', id: randomUUID(), at, metadata }
}
