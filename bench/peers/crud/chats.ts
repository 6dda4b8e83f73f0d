import { randomUUID } from 'node:crypto'
import type { Database } from './database.js'

const MAX_UNREAD = 999
const MAX_SHOWN = 10

/** One statement; the creator is the owner. Null where someone named is not there. */
export async function createChat(
  database: Database,
  creator: string,
  name: string | null,
  participantIds: readonly string[],
): Promise<string> {
  const id = randomUUID()
  const members = [...new Set([creator, ...participantIds])]
  await database.query({
    name: 'create chat',
    text: `
      with created as (insert into chats (id, name, created_by) values ($1, $2, $3))
      insert into memberships (chat_id, user_id, role)
      select $1, user_id, case when user_id = $3 then 'owner' else 'member' end from unnest($4::uuid[]) as given(user_id)`,
    values: [id, name, creator, members],
  })
  return id
}

interface ListedRow {
  id: string
  name: string | null
  created_by: string
  created_at: Date
  role: string
  read_seq: number
  last_seq: number | null
  last_content: string | null
  last_sender_id: string | null
  last_sender_name: string | null
  last_at: Date | null
  unread: number
  people: { id: string; name: string; avatarUrl: string | null }[]
}

/** Of each chat its last message, how many are unread (other people's, counted up to a bound), and its first people. */
const list = `
  select c.id, c.name, c.created_by, c.created_at, me.role, me.read_seq, last.seq as last_seq, last.content as last_content,
    last.sender_id as last_sender_id, writer.name as last_sender_name, last.created_at as last_at, unread.count as unread, few.people
  from memberships me
  join chats c on c.id = me.chat_id
  left join lateral (
    select m.seq, m.content, m.sender_id, m.created_at from messages m
    where m.chat_id = c.id order by m.seq desc limit 1) last on true
  left join users writer on writer.id = last.sender_id
  cross join lateral (
    select count(*)::integer as count from (
      select from messages m where m.chat_id = c.id and m.seq > me.read_seq and m.sender_id <> me.user_id
      limit ${MAX_UNREAD}) counted) unread
  cross join lateral (
    select json_agg(json_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)) as people from (
      select u.id, u.name, u.avatar_url from memberships o join users u on u.id = o.user_id
      where o.chat_id = c.id limit ${MAX_SHOWN}) p) few
  where me.user_id = $1
  order by coalesce(last.created_at, c.created_at) desc
  limit $2`

export async function listChats(database: Database, userId: string, limit: number): Promise<object[]> {
  const { rows } = await database.query<ListedRow>({ name: 'list', text: list, values: [userId, limit] })
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdBy: row.created_by,
    createdAt: row.created_at,
    myRole: row.role,
    readSeq: row.read_seq,
    lastSeq: row.last_seq ?? 0,
    unreadCount: row.unread,
    lastMessage: row.last_content,
    lastMessageSenderId: row.last_sender_id,
    lastMessageSenderName: row.last_sender_name,
    timestamp: row.last_at ?? row.created_at,
    participants: row.people,
  }))
}

/** False for an outsider. Never moves back. */
export async function markRead(database: Database, chatId: string, userId: string, seq: number): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'read',
    text: 'update memberships set read_seq = greatest(read_seq, $3) where chat_id = $1 and user_id = $2',
    values: [chatId, userId, seq],
  })
  return rowCount === 1
}

export async function chatIdsOf(database: Database, userId: string): Promise<string[]> {
  const { rows } = await database.query<{ chat_id: string }>({
    name: 'chats of',
    text: 'select chat_id from memberships where user_id = $1',
    values: [userId],
  })
  return rows.map((row) => row.chat_id)
}
