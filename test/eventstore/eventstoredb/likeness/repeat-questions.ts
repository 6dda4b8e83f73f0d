import { ANY, NO_STREAM } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import { newEvent, newEvents, type Question } from './asking.js'
import { all, appendOutcome, countOf, order, outcome, plain } from './outcome.js'

/** The same event ids again. */
export const repeatQuestions: Record<string, Question> = {
  'same ids, same expected revision, again': async ({ client, newStream }) => {
    const [events, stream] = [newEvents(2), newStream()]
    const first = await client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const second = await client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    return plain({
      first: first.nextExpectedRevision,
      second: second.nextExpectedRevision,
      position: order(second.position!, first.position!),
      stored: await countOf(client.readStream(stream)),
    })
  },

  'same ids again, after others were appended': async ({ client, newStream }) => {
    const [events, stream] = [newEvents(2), newStream()]
    const first = await client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    await client.appendToStream(stream, newEvents(3), { expectedRevision: 1n })
    const again = client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const answer = await outcome(again, ({ nextExpectedRevision, position }) => ({
      nextExpectedRevision,
      position: order(position!, first.position!),
    }))
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'same ids again in the middle of a stream': async ({ client, streamOf }) => {
    const [events, stream] = [newEvents(2), await streamOf(3)]
    await client.appendToStream(stream, events, { expectedRevision: 2n })
    await client.appendToStream(stream, newEvents(3), { expectedRevision: 4n })
    const answer = await appendOutcome(client.appendToStream(stream, events, { expectedRevision: 2n }))
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'same ids again, other data': async ({ client, newStream }) => {
    const [id, stream] = [randomUUID(), newStream()]
    await client.appendToStream(stream, newEvent('Happened', { a: 1 }, id), { expectedRevision: NO_STREAM })
    const again = client.appendToStream(stream, newEvent('Happened', { a: 2 }, id), { expectedRevision: NO_STREAM })
    const answer = await appendOutcome(again)
    return { ...answer, stored: (await all(client.readStream(stream))).map(({ event }) => event?.data) }
  },

  'same ids again, other expected revision': async ({ client, newStream }) => {
    const [events, stream] = [newEvents(2), newStream()]
    await client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const answer = await appendOutcome(client.appendToStream(stream, events, { expectedRevision: 1n }))
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'same ids again, expecting any': async ({ client, newStream }) => {
    const [events, stream] = [newEvents(2), newStream()]
    await client.appendToStream(stream, events, { expectedRevision: ANY })
    const answer = await appendOutcome(client.appendToStream(stream, events, { expectedRevision: ANY }))
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'a known id and a new one, together': async ({ client, newStream }) => {
    const [events, stream] = [newEvents(2), newStream()]
    await client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const together = [...events, newEvent()]
    const answer = await appendOutcome(client.appendToStream(stream, together, { expectedRevision: NO_STREAM }))
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'a part of an earlier append again': async ({ client, newStream }) => {
    const [events, stream] = [newEvents(3), newStream()]
    await client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const part = events.slice(0, 2)
    const answer = await appendOutcome(client.appendToStream(stream, part, { expectedRevision: NO_STREAM }))
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'one id twice in one append': async ({ client, newStream }) => {
    const [event, stream] = [newEvent(), newStream()]
    const answer = await appendOutcome(client.appendToStream(stream, [event, event], { expectedRevision: NO_STREAM }))
    return { ...answer, stored: await countOf(client.readStream(stream)) }
  },

  'one id in two streams': async ({ client, newStream }) => {
    const event = newEvent()
    return [
      await appendOutcome(client.appendToStream(newStream(), event, { expectedRevision: NO_STREAM })),
      await appendOutcome(client.appendToStream(newStream(), event, { expectedRevision: NO_STREAM })),
    ]
  },
}
