import type { ClientBase } from 'pg'
import type { TableName } from '../../engine/projection.js'
import { toIso } from '../instants.js'
import { MESSAGE_COLUMNS, messageSender, type MessageRow } from '../messages/message-view.js'
import { quotedIfVisible } from '../messages/replies.js'
import type { QueryContext } from '../query-context.js'
import type { SearchRequest } from '../views.js'
import { isVisible } from '../visibility/visible-spans.js'
import type { SearchPlace } from './search-cursor.js'
import { toTsquery, type Term } from './search-query.js'
import { senderKey } from './word-keys.js'

/** What is looked for in one chat; of what meets `instead`, nothing is found. */
export interface ChatTerms {
  chatId: string
  terms: Term[]
  instead: Term[] | null
}

export interface Hit {
  row: MessageRow & { chat_id: string }
  /** What it met. */
  terms: Term[]
  place: SearchPlace
}

interface Look {
  viewer: string
  inChats: readonly ChatTerms[]
  isNear: boolean
  request: Omit<SearchRequest, 'query' | 'chatId'>
  after: SearchPlace | null
  limit: number
}

/** In each of the chats by itself, then all of them in one order. */
export async function findHits(tx: ClientBase, { table, clock }: QueryContext, look: Look): Promise<Hit[]> {
  const { viewer, inChats, isNear, request, after, limit } = look
  const { rows } = await tx.query<MessageRow & { chat_id: string; rank: number }>({
    name: `hits ${table('search_texts')}`,
    text: textOf(table),
    values: [
      viewer,
      inChats.map(({ chatId }) => chatId),
      inChats.map(({ chatId, terms }) => toTsquery(terms, chatId)),
      inChats.map(({ chatId, instead }) => (instead === null ? null : toTsquery(instead, chatId))),
      request.senderId === null ? null : inChats.map(({ chatId }) => senderKey(chatId, request.senderId ?? '')),
      request.from,
      request.to,
      after?.rank ?? null,
      after?.at ?? null,
      after?.id ?? null,
      limit,
      !isNear && request.order === 'relevance',
      clock().toISOString(),
    ],
  })
  const termsOf = new Map(inChats.map(({ chatId, terms }) => [chatId, terms]))
  return rows.map((row) => ({
    row,
    terms: termsOf.get(row.chat_id) ?? [],
    place: { isNear, rank: row.rank, at: toIso(row.created_at), id: row.id },
  }))
}

/** Higher the nearer to each other the words stand and the more often; a whole number, so that a cursor holds it exactly. */
const RANK = `case when $12 then (ts_rank_cd(s.words, asked.words) * 10000)::integer else 0 end`

/** `limit` and `offset` have Postgres look up one by one what it would rather read as a whole: all chats, all memberships, all texts. */
const textOf = (table: TableName): string => `
  select s.chat_id, s.rank, ${MESSAGE_COLUMNS} from (
    select * from (
      select s.message_id, s.chat_id, s.created_at, ${RANK} as rank
      from (select chat_id, words::tsquery as words, instead::tsquery as instead,
              case when sender is null then words::tsquery else words::tsquery && sender::tsquery end as query
            from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as t(chat_id, words, instead, sender)) asked
      cross join lateral (select * from ${table('chats')} where id = asked.chat_id limit 1) c
      cross join lateral (
        select * from ${table('memberships')} where chat_id = c.id and user_id = $1 and to_version is null limit 1) me
      cross join lateral (
        select * from ${table('search_texts')} where words @@ asked.query and chat_id = asked.chat_id offset 0) s
      where (asked.instead is null or not s.words @@ asked.instead)
        and ($6::timestamptz is null or s.created_at >= $6) and ($7::timestamptz is null or s.created_at <= $7)
        and (c.retention_days is null or s.created_at >= $13::timestamptz - make_interval(hours => 24 * c.retention_days))
        and ${isVisible(table, 's.sent_version')}) s
    where $8::integer is null or (s.rank, s.created_at, s.message_id) < ($8, $9::timestamptz, $10::uuid)
    order by s.rank desc, s.created_at desc, s.message_id desc limit $11) s
  cross join lateral (select * from ${table('messages')} where id = s.message_id limit 1) m
  cross join lateral (select * from ${table('chats')} where id = s.chat_id limit 1) c
  cross join lateral (
    select * from ${table('memberships')} where chat_id = c.id and user_id = $1 and to_version is null limit 1) me
  ${messageSender(table)} ${quotedIfVisible(table)}
  order by s.rank desc, s.created_at desc, s.message_id desc`
