import type { ClientBase } from 'pg'
import type { HistoryVisibility } from '../../domain/chat/events.js'
import type { VisibilitySetting } from '../../domain/visibility.js'
import type { TableName } from '../projection.js'
import type { Place } from './memberships.js'

/** The largest seq or version that a column can hold. */
export const END = 2 ** 31 - 1

/** In which spans of its versions a chat's setting was `full`: what they hold, every participant may see. */
export const fullSpansSchema = (table: TableName): string => `
  create table ${table('full_spans')} (
    chat_id uuid not null,
    from_version integer not null,
    to_version integer,
    primary key (chat_id, from_version)
  );`

/** The setting holds from this version on. */
export async function applyVisibility(
  visibility: HistoryVisibility,
  { chatId, version }: Place,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const text =
    visibility === 'full'
      ? `insert into ${table('full_spans')} (chat_id, from_version) select $1, $2
         where not exists (select from ${table('full_spans')} where chat_id = $1 and to_version is null)`
      : `update ${table('full_spans')} set to_version = $2 - 1 where chat_id = $1 and to_version is null`
  await tx.query({ name: `${visibility} ${table('full_spans')}`, text, values: [chatId, version] })
}

/** As the rule of the domain takes them: from where on which setting held. */
export function toSettings(froms: readonly number[], tos: readonly (number | null)[]): VisibilitySetting[] {
  const spans = froms.flatMap((fromVersion, index): VisibilitySetting[] => {
    const to = tos[index] ?? null
    const full = { fromVersion, visibility: 'full' } as const
    return to === null ? [full] : [full, { fromVersion: to + 1, visibility: 'since-joined' }]
  })
  return spans[0]?.fromVersion === 1 ? spans : [{ fromVersion: 1, visibility: 'since-joined' }, ...spans]
}

/**
 * The rule of sight (`visibleRanges`, which a test holds it to) in SQL: what the participant `me` may see of the chat `c`, as rows of
 * versions (first, last), both included, that do not overlap. One such row leads through an index to the messages in it,
 * so that hidden ones are not even read. For a chat that was always open to the past nothing is looked up. No span is empty: that it is said
 * has Postgres expect fewer of them, else it takes reading all chats for as good as finding the one.
 */
export const rangesInSight = (table: TableName): string => `(
  select 1 as first, ${END} as last where c.always_full
  union all
  select lower(span), coalesce(upper(span) - 1, ${END}) from unnest((
    select range_agg(int4range(from_version, to_version + 1)) from (
      select from_version, to_version from ${table('memberships')} where chat_id = c.id and user_id = me.user_id
      union all
      select from_version, to_version from ${table('full_spans')} where chat_id = c.id) spans)) span
  where not c.always_full and not isempty(span))`

/** The chat `c` for its participant `me`: one row, and for anyone else none. Parameters: $1 chat, $2 viewer. */
export const ownChat = (table: TableName): string => `
  ${table('chats')} c join ${table('memberships')} me
    on me.chat_id = c.id and me.to_version is null and c.id = $1 and me.user_id = $2`
