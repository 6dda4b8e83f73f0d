import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'
import type { AtVersion } from '../query-results.js'
import { joinUser, toUserRef, type UserRefRow } from '../users/join-user.js'
import type { ReactionView, UserRef } from '../views.js'
import { isVisible, ownChat } from '../visibility/visible-spans.js'

/** Users whom a message shows under each emoji: the first ones. */
const MAX_NAMED = 20

/** Users whom the list of reactions shows for each emoji. */
const MAX_LISTED = 100

/**
 * Who reacted with what, and for each emoji how many: counted as they come, so that no reader counts. What a message shows of it stands in
 * the message's own row.
 */
export const reactionsPart = {
  tables: ['reactions', 'reaction_counts'],
  schema: (table: TableName): string => `
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
    );`,
  apply: { ReactionAdded: addReaction, ReactionRemoved: removeReaction, MessageDeleted: forgetReactions },
} satisfies Part

async function addReaction({ event, version }: Placed<'ReactionAdded'>, context: ApplyContext): Promise<void> {
  const { tx, table } = context
  const { messageId, emoji, userId } = event
  await tx.query({
    name: `add ${table('reactions')}`,
    text: `with added as (
             insert into ${table('reactions')} (message_id, emoji, user_id, version) values ($1, $2, $3, $4))
           insert into ${table('reaction_counts')} as c (message_id, emoji, first_version, count) values ($1, $2, $4, 1)
           on conflict (message_id, emoji) do update set count = c.count + 1`,
    values: [messageId, emoji, userId, version],
  })
  await showReactions(messageId, context)
}

async function removeReaction({ event }: Placed<'ReactionRemoved'>, context: ApplyContext): Promise<void> {
  const { tx, table } = context
  const { messageId, emoji, userId } = event
  await tx.query({
    name: `remove ${table('reactions')}`,
    text: `with removed as (
             delete from ${table('reactions')} where message_id = $1 and emoji = $2 and user_id = $3),
           counted as (
             update ${table('reaction_counts')} set count = count - 1 where message_id = $1 and emoji = $2 and count > 1)
           delete from ${table('reaction_counts')} where message_id = $1 and emoji = $2 and count = 1`,
    values: [messageId, emoji, userId],
  })
  await showReactions(messageId, context)
}

async function showReactions(messageId: string, { tx, table }: ApplyContext): Promise<void> {
  await tx.query({
    name: `show ${table('reactions')}`,
    text: `update ${table('messages')} set reactions = (
             select json_agg(json_build_object('emoji', c.emoji, 'count', c.count, 'userIds', (
               select json_agg(user_id order by version) from (
                 select user_id, version from ${table('reactions')}
                 where message_id = $1 and emoji = c.emoji order by version limit ${MAX_NAMED}) named
             )) order by c.first_version)
             from ${table('reaction_counts')} c where c.message_id = $1)
           where id = $1`,
    values: [messageId],
  })
}

/** They go with the message. */
async function forgetReactions({ event }: Placed<'MessageDeleted'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query({
    name: `forget ${table('reactions')}`,
    text: `with gone as (delete from ${table('reactions')} where message_id = $1)
           delete from ${table('reaction_counts')} where message_id = $1`,
    values: [event.messageId],
  })
}

interface ReactionRow extends UserRefRow {
  chat_version: number
  emoji: string | null
}

/** The first users of each emoji; null where the viewer may not see the message. */
export async function visibleReactions(
  { pool, table }: QueryContext,
  { chatId, messageId, viewer }: { chatId: string; messageId: string; viewer: string },
): Promise<AtVersion<ReactionView[]> | null> {
  const { rows } = await pool.query<ReactionRow>({
    name: `users of ${table('reactions')}`,
    text: `select c.version as chat_version, k.emoji, r.user_id as id, p.name, p.avatar_url, p.owner_id
      from ${ownChat(table)}
      join ${table('messages')} m on m.chat_id = c.id and m.id = $3 and ${isVisible(table, 'm.sent_version')}
      left join ${table('reaction_counts')} k on k.message_id = m.id
      left join lateral (
        select user_id, version from ${table('reactions')}
        where message_id = m.id and emoji = k.emoji order by version limit $4) r on true
      ${joinUser(table, 'r.user_id')}
      order by k.first_version, r.version`,
    values: [chatId, viewer, messageId, MAX_LISTED],
  })
  const [first] = rows
  if (first === undefined) return null
  const byEmoji = new Map<string, UserRef[]>()
  for (const row of rows)
    if (row.emoji !== null) byEmoji.set(row.emoji, [...(byEmoji.get(row.emoji) ?? []), toUserRef(row)])
  return { version: first.chat_version, answer: [...byEmoji].map(([emoji, people]) => ({ emoji, people })) }
}
