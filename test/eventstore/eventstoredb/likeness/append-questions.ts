import { NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client'
import { newEvent, newEvents, type Question } from './asking.js'
import { appendOutcome } from './outcome.js'

export const appendQuestions: Record<string, Question> = {
  'append to a new stream, expecting no stream': ({ client, newStream }) =>
    appendOutcome(client.appendToStream(newStream(), newEvents(3), { expectedRevision: NO_STREAM })),

  'append expecting the last revision': async ({ client, streamOf }) =>
    appendOutcome(client.appendToStream(await streamOf(3), newEvent(), { expectedRevision: 2n })),

  'append expecting an old revision': async ({ client, streamOf }) =>
    appendOutcome(client.appendToStream(await streamOf(4), newEvent(), { expectedRevision: 1n })),

  'append expecting a future revision': async ({ client, streamOf }) =>
    appendOutcome(client.appendToStream(await streamOf(4), newEvent(), { expectedRevision: 9n })),

  'append expecting no stream where there is one': async ({ client, streamOf }) =>
    appendOutcome(client.appendToStream(await streamOf(4), newEvent(), { expectedRevision: NO_STREAM })),

  'append expecting a stream where there is none': ({ client, newStream }) =>
    appendOutcome(client.appendToStream(newStream(), newEvent(), { expectedRevision: STREAM_EXISTS })),

  'append expecting revision 0 where there is no stream': ({ client, newStream }) =>
    appendOutcome(client.appendToStream(newStream(), newEvent(), { expectedRevision: 0n })),

  'append of no events': ({ client, newStream }) =>
    appendOutcome(client.appendToStream(newStream(), [], { expectedRevision: NO_STREAM })),

  'append of no events to an existing stream': async ({ client, streamOf }) =>
    appendOutcome(client.appendToStream(await streamOf(4), [], { expectedRevision: 3n })),

  'conflict, not thrown': async ({ connect, streamOf }) => {
    const client = connect('throwOnAppendFailure=false')
    return appendOutcome(client.appendToStream(await streamOf(4), newEvent(), { expectedRevision: 1n }))
  },
}
