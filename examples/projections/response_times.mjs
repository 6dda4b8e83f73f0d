// Response times: how long each user who was written to took to answer. A chat waits for an answer from the first message that a user sends after
// somebody else's; the next message of another user is the answer.

/** @import { ProjectionEvent, Sql } from 'parley/projections' */

export const version = 1

export const events = ['MessageSent']

// `waiting` is what apply has to remember: the message of each chat that waits for an answer.
export const tables = `
  create table waiting (
    chat_id uuid primary key,
    message_id uuid not null,
    sender_id uuid not null,
    sent_at timestamptz not null
  );
  create table response_times (
    message_id uuid primary key,
    chat_id uuid not null,
    answered_by uuid not null,
    sent_at timestamptz not null,
    seconds double precision not null
  );
  create index response_times_by_user on response_times (answered_by, sent_at)`

/**
 * Reads what it remembers once, goes through the batch in memory, and writes the result with two statements.
 * @param {ProjectionEvent<'MessageSent'>[]} events
 * @param {Sql} sql
 */
export async function apply(events, sql) {
  const chatIds = [...new Set(events.map(({ chatId }) => chatId))]
  const remembered = await sql`select * from waiting where chat_id = any (${chatIds}::uuid[])`
  const waiting = new Map(remembered.map((row) => [row.chat_id, row]))
  const answers = []

  for (const { chatId, at, data } of events) {
    const message = {
      chat_id: chatId,
      message_id: data.messageId,
      sender_id: data.senderId,
      sent_at: new Date(data.originalAt ?? at), // an imported message was sent before it was recorded
    }
    const before = waiting.get(chatId)
    if (before?.sender_id === message.sender_id) continue
    if (before !== undefined) answers.push(answerTo(before, message))
    waiting.set(chatId, message)
  }

  await sql`
    insert into response_times
    select * from jsonb_populate_recordset(null::response_times, ${JSON.stringify(answers)})`
  await sql`
    insert into waiting
    select * from jsonb_populate_recordset(null::waiting, ${JSON.stringify([...waiting.values()])})
    on conflict (chat_id) do update
      set message_id = excluded.message_id, sender_id = excluded.sender_id, sent_at = excluded.sent_at`
}

const answerTo = (before, answer) => ({
  message_id: before.message_id,
  chat_id: before.chat_id,
  answered_by: answer.sender_id,
  sent_at: before.sent_at,
  seconds: (answer.sent_at - before.sent_at) / 1000,
})
