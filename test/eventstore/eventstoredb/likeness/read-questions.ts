import { BACKWARDS, binaryEvent, END, jsonEvent, NO_STREAM } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import { newEvent, newEvents, type Question } from './asking.js'
import { all, order, plain, readOutcome, revisionsOf, revisionsOutcome } from './outcome.js'

export const readQuestions: Record<string, Question> = {
  'an event as read back': async ({ client, newStream }) => {
    const [stream, id] = [newStream(), randomUUID()]
    const data = { n: 1.5, text: 'ünï', nothing: null, list: [1] }
    const sent = jsonEvent({ id, type: 'Shaped', data, metadata: { actor: 'x' } })
    await client.appendToStream(stream, sent, { expectedRevision: NO_STREAM })
    const [resolved] = await all(client.readStream(stream))
    const event = resolved!.event!
    return plain({
      keys: Object.keys(event).sort(),
      sameId: event.id === id,
      data: event.data,
      metadata: event.metadata,
      revision: event.revision,
      isJson: event.isJson,
      created: event.created.constructor.name,
      position: Object.keys(event.position ?? {}).sort(),
      link: resolved!.link === undefined ? 'absent' : 'present',
      commitPosition: typeof resolved!.commitPosition,
    })
  },

  'an event without metadata': async ({ client, newStream }) => {
    const stream = newStream()
    await client.appendToStream(stream, jsonEvent({ type: 'Bare', data: {} }), { expectedRevision: NO_STREAM })
    const [resolved] = await all(client.readStream(stream))
    return { metadata: resolved!.event!.metadata === undefined ? 'undefined' : resolved!.event!.metadata }
  },

  'a binary event': async ({ client, newStream }) => {
    const stream = newStream()
    const sent = binaryEvent({ type: 'Bin', data: Buffer.from([0, 255, 7]) })
    await client.appendToStream(stream, sent, { expectedRevision: NO_STREAM })
    const [resolved] = await all(client.readStream(stream))
    const { isJson, data } = resolved!.event!
    return { isJson, bytes: [...(data as Uint8Array)] }
  },

  'the events of one append': async ({ client, newStream }) => {
    const stream = newStream()
    const answer = await client.appendToStream(stream, newEvents(3), { expectedRevision: NO_STREAM })
    const ofStream = { of: ({ event }: { event?: { streamId: string } }) => event?.streamId === stream }
    const after = await all(client.readAll({ fromPosition: answer.position!, maxCount: 50 }))
    const last = await all(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50 }))
    const positions = last
      .filter(ofStream.of)
      .reverse()
      .map(({ event }) => event!.position!)
    const [first, second, third] = positions
    return plain({
      readAllFromTheAnswersPosition: revisionsOf(after.filter(ofStream.of)),
      positionsInAll: [order(first!, second!), order(second!, third!)],
      commitEqualsPrepare: positions.map(({ commit, prepare }) => commit === prepare),
      answerIsPositionOf: positions.map((position) => order(answer.position!, position)),
    })
  },

  'reading a stream that is not there': ({ client, newStream }) => readOutcome(client.readStream(newStream())),

  'reading a stream that is not there, backwards': ({ client, newStream }) =>
    readOutcome(client.readStream(newStream(), { direction: BACKWARDS, fromRevision: END })),

  'reading past the end of a stream': async ({ client, streamOf }) =>
    readOutcome(client.readStream(await streamOf(4), { fromRevision: 99n })),

  'reading from a revision is': async ({ client, streamOf }) =>
    revisionsOutcome(client.readStream(await streamOf(4), { fromRevision: 2n })),

  'reading the last event': async ({ client, streamOf }) =>
    revisionsOutcome(client.readStream(await streamOf(4), { direction: BACKWARDS, fromRevision: END, maxCount: 1 })),

  'reading with a count': async ({ client, streamOf }) =>
    revisionsOutcome(client.readStream(await streamOf(4), { maxCount: 2 })),

  'reading $all from a position is': async ({ client, newStream }) => {
    const stream = newStream()
    const { position } = await client.appendToStream(stream, newEvent(), { expectedRevision: NO_STREAM })
    await client.appendToStream(stream, newEvent(), { expectedRevision: 0n })
    const events = await all(client.readAll({ fromPosition: position!, maxCount: 50 }))
    return revisionsOf(events.filter(({ event }) => event?.streamId === stream))
  },

  '$all holds system events too': async ({ client }) =>
    (await all(client.readAll({ maxCount: 20 }))).some(({ event }) => event?.type.startsWith('$')),
}
