import type { EventReader } from '../../privacy/event-reader.js'
import type { Projection, TableName } from '../engine/projection.js'
import { rowsOf } from './audit-rows.js'

/**
 * - `audit_entries`: one row for each event of the log, never changed. `ordinal` counts them from 1, `LogOpened`.
 * - `audit_clients`: ip address and user agent, sealed as in the log; most boxes are shared by many entries.
 * - `audit_subjects`: entries that concern several users or several chats, by each of them.
 * - `audit_minutes`: the first entry of each minute or a later one, which bounds where in the log a time can be.
 * - `audit_counter`: the number of entries, their latest time, and how far behind the latest one so far any of them is.
 *
 * The indexes of filters end with the negated ordinal: entries of one user may all be old, and with the ordinal itself Postgres may
 * walk the whole primary key to find them.
 */
const schema = (table: TableName): string => `
  create table ${table('audit_entries')} (
    ordinal bigint primary key,
    at timestamptz not null,
    event text not null,
    user_id uuid,
    target_user_id uuid,
    chat_id uuid,
    message_id uuid,
    client text,
    position text not null,
    correlation_id text not null,
    details json not null
  );
  create index on ${table('audit_entries')} (event, (-ordinal));
  create index on ${table('audit_entries')} (user_id, (-ordinal)) where user_id is not null;
  create index on ${table('audit_entries')} (target_user_id, (-ordinal)) where target_user_id is not null;
  create index on ${table('audit_entries')} (chat_id, (-ordinal)) where chat_id is not null;
  create index on ${table('audit_entries')} (message_id, (-ordinal)) where message_id is not null;
  create table ${table('audit_clients')} (nonce text primary key, key text not null, box text not null, context text not null);
  create table ${table('audit_subjects')} (field text not null, id uuid not null, ordinal bigint not null, primary key (id, field, ordinal));
  create table ${table('audit_minutes')} (minute timestamptz primary key, ordinal bigint not null);
  create table ${table('audit_counter')} (
    one boolean primary key default true check (one),
    ordinal bigint not null,
    latest timestamptz not null,
    behind_ms bigint not null
  );
  insert into ${table('audit_counter')} (ordinal, latest, behind_ms) values (0, '-infinity', 0)`

/** One statement for each batch; the rows are JSON. */
const insertText = (table: TableName): string => `
  with counted as (
    update ${table('audit_counter')} as c set
      ordinal = c.ordinal + $1,
      latest = greatest(c.latest, $3::timestamptz),
      behind_ms = greatest(c.behind_ms, $4, case when isfinite(c.latest) then extract(epoch from c.latest - $2::timestamptz) * 1000 end)
    from (select * from ${table('audit_counter')}) as before
    returning before.ordinal, before.latest
  ), clients as (
    insert into ${table('audit_clients')} (nonce, key, box, context)
    select nonce, key, box, context from json_to_recordset($6) as row(nonce text, key text, box text, context text)
    on conflict do nothing
  ), subjects as (
    insert into ${table('audit_subjects')} (field, id, ordinal)
    select field, id, c.ordinal + place from counted c, json_to_recordset($7) as row(field text, id uuid, place integer)
    on conflict do nothing
  ), minutes as (
    insert into ${table('audit_minutes')} (minute, ordinal)
    select minute, c.ordinal + place from counted c, json_to_recordset($8) as row(minute timestamptz, place integer)
    where minute > c.latest
  )
  insert into ${table('audit_entries')} (ordinal, at, event, user_id, target_user_id, chat_id, message_id, client, position, correlation_id, details)
  select c.ordinal + place, at, event, user_id, target_user_id, chat_id, message_id, client, position, correlation_id, details
  from counted c, json_to_recordset($5) as row(place integer, at timestamptz, event text, user_id uuid, target_user_id uuid, chat_id uuid,
    message_id uuid, client text, position text, correlation_id text, details json)`

/**
 * The searchable trail of all that was done: by whom, to whom, from where and when. Nothing in it is personal but ids and what is sealed, so
 * that erasure needs no change to it.
 */
export const createAuditTrail = (reader: Pick<EventReader, 'decodeUnverified'>): Projection => ({
  name: 'audit_trail',
  neverSkips: 'it counts every event of the log, and its numbers would no longer be those of the log',
  version: 1,
  tables: ['audit_entries', 'audit_clients', 'audit_subjects', 'audit_minutes', 'audit_counter'],
  schema,
  async apply(batch, tx, table) {
    const { entries, clients, subjects, times } = rowsOf(batch, reader)
    const rows = [entries, [...clients.values()], subjects, times.minutes].map((each) => JSON.stringify(each))
    await tx.query({
      name: `insert ${table('audit_entries')}`,
      text: insertText(table),
      values: [batch.length, times.earliest, times.latest, times.behindMs, ...rows],
    })
  },
})
