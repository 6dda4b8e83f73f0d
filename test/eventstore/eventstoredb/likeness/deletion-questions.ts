import { ANY, NO_STREAM } from '@eventstore/db-client'
import { newEvent, type Question } from './asking.js'
import { appendOutcome, readOutcome, revisionsOutcome } from './outcome.js'

export const deletionQuestions: Record<string, Question> = {
  'a deleted stream': async ({ client, streamOf }) => {
    const stream = await streamOf(2)
    await client.deleteStream(stream)
    return {
      read: await readOutcome(client.readStream(stream)),
      appendNoStream: await appendOutcome(client.appendToStream(stream, newEvent(), { expectedRevision: NO_STREAM })),
      readAfter: await revisionsOutcome(client.readStream(stream)),
    }
  },

  'a tombstoned stream': async ({ client, streamOf }) => {
    const stream = await streamOf(1)
    await client.tombstoneStream(stream)
    return {
      read: await readOutcome(client.readStream(stream)),
      append: await appendOutcome(client.appendToStream(stream, newEvent(), { expectedRevision: ANY })),
    }
  },

  $maxCount: async ({ client, streamOf }) => {
    const stream = await streamOf(5)
    await client.setStreamMetadata(stream, { maxCount: 2 })
    return revisionsOutcome(client.readStream(stream))
  },
}
