import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, given } from 'parley/projections/testing'
import * as projection from './response_times.mjs'

const ada = '00000000-0000-4000-8000-00000000000a'
const bob = '00000000-0000-4000-8000-00000000000b'

const id = (number) => `00000000-0000-4000-9000-00000000000${number}`

/** A message that this user sends so many seconds after the beginning. */
const sent = (number, senderId, second, place = {}) =>
  event(
    'MessageSent',
    { messageId: id(number), senderId, seq: number },
    { at: new Date(1_767_225_600_000 + second * 1000).toISOString(), ...place },
  )

const answers = 'select message_id, answered_by, seconds from response_times order by sent_at'

test('the time counts from the first message that waits for an answer', async () => {
  const events = [sent(1, ada, 0), sent(2, ada, 10), sent(3, bob, 60), sent(4, ada, 65)]
  assert.deepEqual(await given(projection, events).rows(answers), [
    { message_id: id(1), answered_by: bob, seconds: 60 },
    { message_id: id(3), answered_by: ada, seconds: 5 },
  ])
})

test('a message in another chat is no answer', async () => {
  const elsewhere = { chatId: '00000000-0000-4000-8000-000000000002' }
  const events = [sent(1, ada, 0), sent(2, bob, 10, elsewhere)]
  assert.deepEqual(await given(projection, events).rows(answers), [])
})

test('an imported message counts from its original time', async () => {
  const imported = event('MessageSent', { messageId: id(1), senderId: ada, originalAt: '2025-12-31T23:59:00.000Z' })
  const [answer] = await given(projection, [imported, sent(2, bob, 0)]).rows(answers)
  assert.equal(answer.seconds, 60)
})
