import type { ClientBase, Pool } from 'pg'
import type { ReactionAdded, ReactionRemoved } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import type { TableName } from '../engine/projection.js'
import type { AtVersion } from './conversation-queries.js'
import type { Place } from './memberships.js'
import { joinUser, toUserRef, type UserRefRow } from './users.js'
import { ownChat, rangesInSight } from './visibility.js'
import type { UserRef, ReactionView } from './views.js'

/** Of each emoji under a message, those are named who were first. */
const MAX_NAMED = 20

/**
 * Who reacted with what, and for each emoji how many: counted as they come, so that no reader counts. What a message shows of it stands in
 * the message's own row.
 */
export const reactionsSchema = (table: TableName): string => `
  create table ${table('reactions')} (
    message_id uuid not null,
    emoji text not null,
    user_id uuid not null,
    version integer not null,
    primary key (message_id, emoji, user_id)
  );
  create index on ${table('reactions')} (message_id, emoji, version);
  create table ${table('reaction_counts')} (
    message_id uuid not null,
    emoji text not null,
    first_version integer not null,
    count integer not null,
    primary key (message_id, emoji)
  );`

export async function applyReaction(
  event: Opened<ReactionAdded | ReactionRemoved>,
  { chatId, version }: Place,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const { messageId, emoji, userId } = event
  const [reactions, counts] = [table('reactions'), table('reaction_counts')]
  const about = [messageId, emoji, userId]
  if (event.type === 'ReactionAdded') {
    await tx.query({
      name: `add ${reactions}`,
      text: `with added as (insert into ${reactions} (message_id, emoji, user_id, version) values ($1, $2, $3, $4))
             insert into ${counts} as c (message_id, emoji, first_version, count) values ($1, $2, $4, 1)
             on conflict (message_id, emoji) do update set count = c.count + 1`,
      values: [...about, version],
    })
  } else {
    await tx.query({
      name: `remove ${reactions}`,
      text: `with removed as (delete from ${reactions} where message_id = $1 and emoji = $2 and user_id = $3),
               counted as (update ${counts} set count = count - 1 where message_id = $1 and emoji = $2 and count > 1)
             delete from ${counts} where message_id = $1 and emoji = $2 and count = 1`,
      values: about,
    })
  }
  await tx.query({
    name: `show ${reactions}`,
    text: `with chat as (update ${table('chats')} set version = $2 where id = $3)
           update ${table('messages')} set version = $2, reactions = (
             select json_agg(json_build_object('emoji', c.emoji, 'count', c.count, 'userIds', (
               select json_agg(user_id order by version) from (
                 select user_id, version from ${reactions}
                 where message_id = $1 and emoji = c.emoji order by version limit ${MAX_NAMED}) named
             )) order by c.first_version)
             from ${counts} c where c.message_id = $1)
           where id = $1`,
    values: [messageId, version, chatId],
  })
}

/** With a message, what was said to it is gone. */
export async function forgetReactions(messageId: string, tx: ClientBase, table: TableName): Promise<void> {
  await tx.query(
    `with gone as (delete from ${table('reactions')} where message_id = $1)
     delete from ${table('reaction_counts')} where message_id = $1`,
    [messageId],
  )
}

interface ReactionRow extends UserRefRow {
  chat_version: number
  emoji: string | null
}

/** The first people of each emoji, where the message is in sight: null where it is not. */
export async function reactionsInSight(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  messageId: string,
  most: number,
): Promise<AtVersion<ReactionView[]> | null> {
  const { rows } = await pool.query<ReactionRow>({
    name: `people of ${table('reactions')}`,
    text: `select c.version as chat_version, k.emoji, r.user_id as id, p.name, p.avatar_url
      from ${ownChat(table)}
      join ${table('messages')} m on m.chat_id = c.id and m.id = $3
        and exists (select from ${rangesInSight(table)} s where m.sent_version between s.first and s.last)
      left join ${table('reaction_counts')} k on k.message_id = m.id
      left join lateral (
        select user_id, version from ${table('reactions')}
        where message_id = m.id and emoji = k.emoji order by version limit $4) r on true
      ${joinUser(table, 'r.user_id')}
      order by k.first_version, r.version`,
    values: [chatId, viewer, messageId, most],
  })
  const [first] = rows
  if (first === undefined) return null
  const byEmoji = new Map<string, UserRef[]>()
  for (const row of rows)
    if (row.emoji !== null) byEmoji.set(row.emoji, [...(byEmoji.get(row.emoji) ?? []), toUserRef(row)])
  return { version: first.chat_version, answer: [...byEmoji].map(([emoji, people]) => ({ emoji, people })) }
}
