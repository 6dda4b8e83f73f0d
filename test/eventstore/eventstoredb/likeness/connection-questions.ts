import {
  ANY,
  EventStoreDBClient,
  type ResolvedEvent,
  START,
  type StreamingRead,
  type StreamSubscription,
} from '@eventstore/db-client'
import { closeClient } from '../../../../src/eventstore/eventstoredb/client.js'
import { newEvent, type Question } from './asking.js'
import { connectionSettings } from './connection-settings.js'
import { all, appendOutcome, readOutcome } from './outcome.js'

type Read = StreamingRead<ResolvedEvent>

/** 300 reads of more than the connection takes at once, each left after its first event. */
const leaving =
  (leave: (read: Read) => Promise<void>): Question =>
  async (asking) => {
    const [many, few] = [await asking.streamOf(5000), await asking.streamOf(4)]
    const own = asking.connectApart()
    let done = 0
    const reads: Read[] = []
    const reading = async (): Promise<void> => {
      for (; done < 300; done++) {
        const read = own.readStream(many, { maxCount: 5000 })
        reads.push(read)
        await leave(read)
      }
    }
    // it hangs where the places are used up, until its client goes
    reading().catch(() => undefined)
    await asking.untilStill(
      () => done,
      () => done === 300,
    )
    const after = await asking.within(3, readOutcome(own.readStream(few)))
    // a call that stays open keeps the process from ending, even when its client is gone
    for (const read of reads) await read.cancel().catch(() => undefined)
    return { readsDone: done === 300 ? 'all' : done >= 90 && done <= 110 ? 'about 100' : done, after }
  }

function subscribe(client: EventStoreDBClient, stream: string, received: () => void): StreamSubscription {
  const subscription = client.subscribeToStream(stream, { fromRevision: START })
  subscription.on('data', received)
  subscription.on('error', () => undefined)
  return subscription
}

const subscriptions =
  (count: number): Question =>
  async (asking) => {
    const [stream, beside] = [await asking.streamOf(4), await asking.streamOf(1)]
    const own = asking.connectApart()
    const append = (): Promise<object> =>
      appendOutcome(own.appendToStream(beside, newEvent(), { expectedRevision: ANY }))
    await append()
    const got = new Set<number>()
    const opened = Array.from({ length: count }, (_, i) => subscribe(own, stream, () => got.add(i)))
    await asking.untilStill(
      () => got.size,
      () => got.size === count,
    )
    const served = got.size === count ? 'all' : got.size >= 90 && got.size < 100 ? 'under 100' : got.size
    const answer = (await asking.within(3, append())) as { answer?: { success?: boolean } }
    const read = await asking.within(3, readOutcome(own.readStream(stream)))
    for (const subscription of opened) await subscription.unsubscribe().catch(() => undefined)
    return {
      served,
      append: answer.answer?.success ?? answer,
      read,
      readAfterUnsubscribing: await asking.within(3, readOutcome(own.readStream(stream))),
    }
  }

/** Each asks with a connection of its own, for some of them leave it unusable. */
export const connectionQuestions: Record<string, Question> = {
  '300 reads of 5,000 events, each left after the first event by break': leaving(async (read) => {
    const events = read[Symbol.asyncIterator]()
    await events.next()
    await events.return?.() // as `break` does
  }),

  '300 reads of 5,000 events, each left after the first event by cancel() and break': leaving(async (read) => {
    read.on('error', () => undefined)
    const events = read[Symbol.asyncIterator]()
    await events.next()
    await read.cancel()
    await events.return?.()
  }),

  '300 reads with a maxCount, read to the end': async ({ connectApart, streamOf }) => {
    const [many, few, own] = [await streamOf(5000), await streamOf(4), connectApart()]
    for (let i = 0; i < 300; i++) await all(own.readStream(many, { maxCount: 5 }))
    return readOutcome(own.readStream(few))
  },

  '90 subscriptions on one connection': subscriptions(90),
  '120 subscriptions on one connection': subscriptions(120),

  'two clients of one process share a connection': async (asking) => {
    const stream = await asking.streamOf(4)
    const setting = connectionSettings.next()
    const [a, b] = [asking.connect(setting), asking.connect(setting)]
    const got = new Set<number>()
    // a place for each of the first, one for the last and four that wait
    for (let i = 0; i < 99; i++) subscribe(a, stream, () => got.add(i))
    const served = (count: number): Promise<void> =>
      asking.untilStill(
        () => got.size,
        () => got.size === count,
      )
    await served(99)
    for (let i = 99; i < 104; i++) subscribe(a, stream, () => got.add(i))
    await served(100)
    return {
      sameOptions: await asking.within(2, readOutcome(b.readStream(stream))),
      otherKeepAlive: await asking.within(2, readOutcome(asking.connectApart().readStream(stream))),
    }
  },

  'closing: dispose() with an append in flight': async ({ connectApart, streamOf }) => {
    const [stream, own] = [await streamOf(1), connectApart()]
    await own.appendToStream(stream, newEvent(), { expectedRevision: ANY })
    const pending = appendOutcome(own.appendToStream(stream, newEvent(), { expectedRevision: ANY }))
    await own.dispose()
    return pending
  },

  'an append after dispose()': async ({ connectApart, newStream }) => {
    const [stream, own] = [newStream(), connectApart()]
    const append = () => own.appendToStream(stream, newEvent(), { expectedRevision: ANY })
    await append()
    await append()
    await own.dispose()
    return appendOutcome(append())
  },

  'nobody listens on that port': async ({ newStream }) => {
    const nowhere = 'esdb://127.0.0.1:1?tls=false&maxDiscoverAttempts=2&discoveryInterval=50'
    const own = EventStoreDBClient.connectionString(nowhere)
    const outcomes = {
      append: await appendOutcome(own.appendToStream(newStream(), newEvent(), { expectedRevision: ANY })),
      read: await readOutcome(own.readStream(newStream())),
    }
    await closeClient(own)
    return outcomes
  },
}
