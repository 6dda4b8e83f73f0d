// Messages per chat and day (UTC). One row for each chat and each day with at least one message.

/** @import { ProjectionEvent, Sql } from 'parley/projections' */

// Raise it whenever the tables or the meaning of their rows change: they are then built again from the start, beside the old ones.
export const version = 1

// The events that apply receives; docs/events.md describes them all.
export const events = ['MessageSent']

export const tables = `
  create table messages_per_day (
    chat_id uuid,
    day date,
    messages integer not null,
    primary key (chat_id, day)
  )`

/**
 * Counts in memory first: one statement for a whole batch is far faster than one for each message.
 * @param {ProjectionEvent<'MessageSent'>[]} events
 * @param {Sql} sql
 */
export async function apply(events, sql) {
  const counts = new Map()
  for (const { chatId, at, data } of events) {
    const day = (data.originalAt ?? at).slice(0, 10)
    const key = `${chatId} ${day}`
    const count = counts.get(key) ?? { chatId, day, messages: 0 }
    counts.set(key, { ...count, messages: count.messages + 1 })
  }
  const rows = [...counts.values()]
  await sql`
    insert into messages_per_day (chat_id, day, messages)
    select * from unnest(
      ${rows.map(({ chatId }) => chatId)}::uuid[],
      ${rows.map(({ day }) => day)}::date[],
      ${rows.map(({ messages }) => messages)}::integer[]
    )
    on conflict (chat_id, day) do update set messages = messages_per_day.messages + excluded.messages`
}
