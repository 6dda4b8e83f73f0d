import type { TableName } from '../../engine/projection.js'

/** The largest seq or version that a column can hold. */
export const MAX_VERSION = 2 ** 31 - 1

/**
 * The visibility rule (`visibleRanges`, to which a test compares it) in SQL: what the participant `me` may see of the chat `c`, as rows of
 * versions (first, last), both included, that do not overlap. An index leads from each such row to the messages in it, so that hidden ones
 * are not even read. Most chats always shared their history: for them nothing is looked up. No span is empty: the condition that says so
 * has Postgres expect fewer of them, else it reads all chats to find one.
 */
export const visibleSpans = (table: TableName): string => `(
  select 1 as first, ${MAX_VERSION} as last where c.always_full
  union all
  select lower(span), coalesce(upper(span) - 1, ${MAX_VERSION}) from unnest((
    select range_agg(int4range(from_version, to_version + 1)) from (
      select from_version, to_version from ${table('memberships')} where chat_id = c.id and user_id = me.user_id
      union all
      select from_version, to_version from ${table('full_spans')} where chat_id = c.id) spans)) span
  where not c.always_full and not isempty(span))`

/** Whether `me` may see what was sent to the chat `c` at this version. */
export const isVisible = (table: TableName, version: string): string =>
  `exists (select from ${visibleSpans(table)} v where ${version} between v.first and v.last)`

/** The chat `c` for its participant `me`: one row, and for anyone else none. Parameters: $1 chat, $2 viewer. */
export const ownChat = (table: TableName): string => `
  ${table('chats')} c join ${table('memberships')} me
    on me.chat_id = c.id and me.to_version is null and c.id = $1 and me.user_id = $2`
