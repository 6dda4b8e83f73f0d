import type { ClientBase, Pool } from 'pg'
import type { AnyEvent } from '../../domain/any-event.js'
import type { ChatEvent } from '../../domain/chat/events.js'
import type { KnownMessage, MessageFact } from '../../domain/chat/message-fact.js'
import type { PublicEvent } from '../../domain/event.js'
import type { EventMetadata } from '../../domain/metadata.js'
import { idOf, isChatStream } from '../../domain/streams.js'
import type { Position, RecordedEvent } from '../../eventstore/event-log.js'
import { checkpointOf, type GenerationTables } from '../engine/per-generation.js'
import type { TableName } from '../engine/projection.js'

/** An event, and what of it anyone with the log may read. */
export interface FoldedRecord {
  recorded: RecordedEvent
  event: PublicEvent<AnyEvent>
  metadata: EventMetadata
}

/** What rules about a message read of it: ids, numbers and emoji; nothing personal. */
export const knownMessagesSchema = (table: TableName): string => `
  create table ${table('known_messages')} (
    message_id uuid primary key,
    chat_id uuid not null,
    seq integer not null,
    sender_id uuid not null,
    sent_version integer not null,
    sent_at text not null,
    version integer not null,
    content_version integer not null,
    deleted boolean not null default false,
    pinned boolean not null default false,
    emojis jsonb not null default '{}'
  ) with (fillfactor = 90);
  create table ${table('known_reactions')} (
    message_id uuid not null,
    user_id uuid not null,
    emoji text not null,
    primary key (message_id, user_id, emoji)
  );`

/** New messages first, all together: nothing of a batch is about a message that comes later. */
export async function applyToKnownMessages(batch: readonly FoldedRecord[], tx: ClientBase, table: TableName) {
  const ofChats = batch.filter(({ recorded }) => isChatStream(recorded.stream))
  const sent = sentRowsIn(ofChats)
  if (sent.length > 0) {
    await tx.query({
      name: `insert ${table('known_messages')}`,
      text: insertSent(table, '$1'),
      values: [JSON.stringify(sent)],
    })
  }
  for (const { recorded, event } of ofChats)
    await applyOne(event as PublicEvent<ChatEvent>, recorded.version, tx, table)
}

export const sentRowsIn = (batch: readonly FoldedRecord[]): object[] => batch.flatMap(sentRow)

/** Rows as `sentRowsIn` gives them. */
export const insertSent = (table: TableName, json: string): string => `
  insert into ${table('known_messages')} (message_id, chat_id, seq, sender_id, sent_version, sent_at, version, content_version)
  select message_id, chat_id, seq, sender_id, version, sent_at, version, version from json_to_recordset(${json})
    as row(message_id uuid, chat_id uuid, seq integer, sender_id uuid, version integer, sent_at text)`

function sentRow({ recorded, event, metadata }: FoldedRecord): object[] {
  if (event.type !== 'MessageSent') return []
  const { messageId, seq, senderId, originalAt } = event
  const { stream, version } = recorded
  const sentAt = originalAt ?? metadata.at
  return [{ message_id: messageId, chat_id: idOf(stream), seq, sender_id: senderId, version, sent_at: sentAt }]
}

/** Events that change what is known of a message that is there: these are applied one by one. */
const changing: readonly string[] = [
  'MessageEdited',
  'MessageDeleted',
  'ReactionAdded',
  'ReactionRemoved',
  'MessagePinned',
  'MessageUnpinned',
  'LinkPreviewsAdded',
] satisfies ChatEvent['type'][]

export const changesKnownMessage = ({ event }: FoldedRecord): boolean => changing.includes(event.type)

async function applyOne(
  event: PublicEvent<ChatEvent>,
  version: number,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const messages = table('known_messages')
  const reactions = table('known_reactions')
  const change = (name: string, sets: string, more: unknown[] = [], before = '') =>
    tx.query({
      name: `${name} ${messages}`,
      text: `${before}update ${messages} set version = $2${sets} where message_id = $1`,
      values: ['messageId' in event ? event.messageId : null, version, ...more],
    })
  switch (event.type) {
    case 'MessageEdited':
      await change('edit', ', content_version = $2')
      return
    case 'MessageDeleted': {
      const forget = `with gone as (delete from ${reactions} where message_id = $1) `
      await change('delete', `, content_version = $2, deleted = true, emojis = '{}'`, [], forget)
      return
    }
    case 'ReactionAdded': {
      const add = `with added as (insert into ${reactions} (message_id, user_id, emoji) values ($1, $3, $4)) `
      const count = `, emojis = jsonb_set(emojis, array[$4::text], to_jsonb(coalesce((emojis ->> $4)::integer, 0) + 1))`
      await change('react', count, [event.userId, event.emoji], add)
      return
    }
    case 'ReactionRemoved': {
      const remove = `with gone as (delete from ${reactions} where message_id = $1 and user_id = $3 and emoji = $4) `
      const count = `, emojis = case when (emojis ->> $4)::integer > 1
        then jsonb_set(emojis, array[$4::text], to_jsonb((emojis ->> $4)::integer - 1)) else emojis - $4::text end`
      await change('unreact', count, [event.userId, event.emoji], remove)
      return
    }
    case 'MessagePinned':
    case 'MessageUnpinned':
      await change('pin', ', pinned = $3', [event.type === 'MessagePinned'])
      return
    case 'LinkPreviewsAdded':
      await change('preview', '')
      return
    default:
      return
  }
}

interface FactRow {
  position: Position
  place: number
  seq: number | null
  sender_id: string
  sent_version: number
  sent_at: string
  version: number
  content_version: number
  deleted: boolean
  pinned: boolean
  emojis: Record<string, number>
  mine: string[] | null
}

/** Facts and checkpoint in one statement, and so of one snapshot. */
export async function lookUpMessages(
  asked: readonly { chatId: string; messageId: string; userId: string | null }[],
  pool: Pool,
  { table, checkpoint }: GenerationTables,
): Promise<{ facts: MessageFact[]; checkpoint: Position }> {
  const { rows } = await pool.query<FactRow>({
    name: `look up ${table('known_messages')}`,
    text: `
      select p.position, a.place::integer, m.*, (
        select array_agg(r.emoji) from ${table('known_reactions')} r
        where r.message_id = m.message_id and r.user_id = a.user_id) as mine
      from (${checkpoint}) p
      cross join unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as a(message_id, chat_id, user_id, place)
      left join lateral (select * from ${table('known_messages')} where message_id = a.message_id limit 1) m
        on m.chat_id = a.chat_id
      order by a.place`,
    values: [
      asked.map(({ messageId }) => messageId),
      asked.map(({ chatId }) => chatId),
      asked.map(({ userId }) => userId),
    ],
  })
  return { facts: rows.map(toFact), checkpoint: checkpointOf(rows) }
}

const toFact = (row: FactRow): MessageFact => (row.seq === null ? { status: 'absent' } : toKnown(row, row.seq))

const toKnown = (row: FactRow, seq: number): KnownMessage => ({
  status: row.deleted ? 'deleted' : 'sent',
  version: row.version,
  seq,
  senderId: row.sender_id,
  sentVersion: row.sent_version,
  sentAt: row.sent_at,
  contentVersion: row.content_version,
  pinned: row.pinned,
  emojis: new Map(Object.entries(row.emojis)),
  mine: new Set(row.mine ?? []),
})
