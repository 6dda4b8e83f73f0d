import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, given } from 'parley/projections/testing'
import * as projection from './messages_per_day.mjs'

const rows = `select chat_id, day::text, messages from messages_per_day order by chat_id, day`
const one = '00000000-0000-4000-8000-000000000001'
const other = '00000000-0000-4000-8000-000000000002'

test('counts the messages of each chat and day', async () => {
  const sent = (chatId, at) => event('MessageSent', { seq: 1 }, { chatId, at })
  const events = [
    sent(one, '2026-03-01T08:00:00.000Z'),
    sent(one, '2026-03-01T23:59:59.999Z'),
    sent(other, '2026-03-01T12:00:00.000Z'),
    sent(one, '2026-03-02T00:00:00.000Z'),
  ]
  assert.deepEqual(await given(projection, events).rows(rows), [
    { chat_id: one, day: '2026-03-01', messages: 2 },
    { chat_id: one, day: '2026-03-02', messages: 1 },
    { chat_id: other, day: '2026-03-01', messages: 1 },
  ])
})

test('an imported message counts on the day on which it was sent', async () => {
  const imported = event('MessageSent', { seq: 1, originalAt: '2020-02-29T10:00:00.000Z' }, { chatId: one })
  assert.deepEqual(await given(projection, [imported]).rows(rows), [{ chat_id: one, day: '2020-02-29', messages: 1 }])
})
