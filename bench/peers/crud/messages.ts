import type { Database } from './database.js'
import type { MessageInput } from './inputs.js'

export interface Message {
  seq: number
  chatId: string
  sender: { id: string; name: string; avatarUrl: string | null }
  clientMessageId: string | null
  type: string
  content: string
  metadata: unknown
  createdAt: Date
}

interface Row {
  seq: number
  chat_id: string
  sender_id: string
  sender_name: string
  sender_avatar_url: string | null
  client_message_id: string | null
  type: string
  content: string
  metadata: unknown
  created_at: Date
}

const toMessage = (row: Row): Message => ({
  seq: row.seq,
  chatId: row.chat_id,
  sender: { id: row.sender_id, name: row.sender_name, avatarUrl: row.sender_avatar_url },
  clientMessageId: row.client_message_id,
  type: row.type,
  content: row.content,
  metadata: row.metadata,
  createdAt: row.created_at,
})

/** ClientInfo a message comes, for the audit. */
export interface Origin {
  ip: string
  userAgent: string
}

/** One statement, hence one commit: is the sender a member, the row, the audit's row, and the sender's name. */
const insert = (isAudited: boolean): string => `
  with sent as (
    insert into messages (chat_id, sender_id, type, content, metadata, client_message_id)
    select $1, $2, $3, $4, $5, $6 where exists (select from memberships where chat_id = $1 and user_id = $2)
    on conflict (sender_id, client_message_id) where client_message_id is not null do nothing
    returning chat_id, seq, sender_id, client_message_id, type, content, metadata, created_at
  )${
    isAudited
      ? `, audited as (
    insert into audit (event, user_id, chat_id, message_seq, ip, user_agent)
    select 'message_sent', sender_id, chat_id, seq, $7, $8 from sent
  )`
      : ''
  }
  select sent.*, u.name as sender_name, u.avatar_url as sender_avatar_url from sent join users u on u.id = sent.sender_id`

const inserts = { plain: insert(false), audited: insert(true) }

/** Null for an outsider. A key that was used before gives its message again. */
export async function insertMessage(
  database: Database,
  isAudited: boolean,
  { chatId, senderId, message, origin }: { chatId: string; senderId: string; message: MessageInput; origin: Origin },
): Promise<{ message: Message; isNew: boolean } | null> {
  const { type, content, metadata, clientMessageId = null } = message
  const values = [chatId, senderId, type, content, metadata, clientMessageId]
  const { rows } = await database.query<Row>(
    isAudited
      ? { name: 'send audited', text: inserts.audited, values: [...values, origin.ip, origin.userAgent] }
      : { name: 'send', text: inserts.plain, values },
  )
  if (rows[0] !== undefined) return { message: toMessage(rows[0]), isNew: true }
  const known = clientMessageId === null ? null : await messageOfKey(database, chatId, senderId, clientMessageId)
  return known === null ? null : { message: known, isNew: false }
}

async function messageOfKey(
  database: Database,
  chatId: string,
  senderId: string,
  clientMessageId: string,
): Promise<Message | null> {
  const { rows } = await database.query<Row>({
    name: 'by key',
    text: `
      select m.*, u.name as sender_name, u.avatar_url as sender_avatar_url from messages m join users u on u.id = m.sender_id
      where m.sender_id = $1 and m.client_message_id = $2 and m.chat_id = $3`,
    values: [senderId, clientMessageId, chatId],
  })
  return rows[0] === undefined ? null : toMessage(rows[0])
}

export interface Page {
  before?: number | undefined
  after?: number | undefined
  limit: number
}

/** One statement; the membership's row comes even where there is no message. */
const history = (direction: 'older' | 'newer'): string => `
  select m.*, u.name as sender_name, u.avatar_url as sender_avatar_url
  from memberships me
  left join lateral (
    select * from messages where chat_id = me.chat_id and seq ${direction === 'older' ? '<' : '>'} $3
    order by seq ${direction === 'older' ? 'desc' : 'asc'} limit $4) m on true
  left join users u on u.id = m.sender_id
  where me.chat_id = $1 and me.user_id = $2
  order by m.seq`

const histories = { older: history('older'), newer: history('newer') }

/** Ascending; null for an outsider. */
export async function messagePage(
  database: Database,
  chatId: string,
  userId: string,
  { before = Number.MAX_SAFE_INTEGER, after, limit }: Page,
): Promise<Message[] | null> {
  const { rows } = await database.query<Row | { seq: null }>({
    name: after === undefined ? 'older' : 'newer',
    text: after === undefined ? histories.older : histories.newer,
    values: [chatId, userId, after ?? before, limit],
  })
  return rows.length === 0 ? null : rows.filter((row) => row.seq !== null).map(toMessage)
}
