import {
  BACKWARDS,
  END,
  excludeSystemEvents,
  NO_STREAM,
  type AllStreamSubscription,
  type Position,
  START,
  type StreamSubscription,
  streamNameFilter,
} from '@eventstore/db-client'
import { eventually } from '../../../support/eventually.js'
import { expect } from 'chai'
import { type Asking, newEvent, newEvents, type Question } from './asking.js'
import { all, plain } from './outcome.js'

interface Heard {
  revisions: unknown[]
  errors: unknown[]
  /** What it said, beside events. */
  names: Set<string>
  leave(): Promise<void>
}

const signs = ['confirmation', 'caughtUp', 'fellBehind', 'error', 'close', 'end'] as const

function listen(subscription: AllStreamSubscription | StreamSubscription): Heard {
  const received: Heard = {
    revisions: [],
    errors: [],
    names: new Set(),
    leave: () => subscription.unsubscribe().catch(() => undefined),
  }
  // the same for both kinds, which their types do not say
  const emitter = subscription as NodeJS.EventEmitter
  emitter.on('data', ({ event }: { event: { revision: bigint } }) => received.revisions.push(event.revision))
  emitter.on('error', (error: Error & { type?: string }) => received.errors.push(error.type ?? error.message))
  for (const sign of signs) emitter.on(sign, () => received.names.add(sign))
  return received
}

const have = (received: Heard, count: number): Promise<unknown> =>
  eventually(() => expect(received.revisions).to.have.length.of.at.least(count))

const says = (received: Heard, sign: (typeof signs)[number]): Promise<unknown> =>
  eventually(() => expect(received.names).to.include(sign))

/** The revisions that a subscription from this position gives first. */
async function heardAfter({ client }: Asking, stream: string, position: Position, count: number): Promise<unknown> {
  const filter = streamNameFilter({ prefixes: [stream] })
  const received = listen(client.subscribeToAll({ fromPosition: position, filter }))
  await have(received, count)
  await received.leave()
  return plain(received.revisions)
}

async function twoAppends({ client, newStream }: Asking): Promise<{ stream: string; first: Position }> {
  const stream = newStream()
  const { position } = await client.appendToStream(stream, newEvent(), { expectedRevision: NO_STREAM })
  await client.appendToStream(stream, newEvent(), { expectedRevision: 0n })
  return { stream, first: position! }
}

export const subscriptionQuestions: Record<string, Question> = {
  'subscribing to a stream from a revision starts': async ({ client, streamOf }) => {
    const received = listen(client.subscribeToStream(await streamOf(4), { fromRevision: 1n }))
    await have(received, 2)
    await received.leave()
    return plain(received.revisions)
  },

  'subscribing to a stream that is not there yet': async ({ client, newStream }) => {
    const stream = newStream()
    const received = listen(client.subscribeToStream(stream, { fromRevision: START }))
    await says(received, 'confirmation')
    await client.appendToStream(stream, newEvents(2), { expectedRevision: NO_STREAM })
    await have(received, 2)
    await received.leave()
    return plain({ got: received.revisions, errors: received.errors })
  },

  'a filtered subscription to $all': async ({ client, newStream, streamOf }) => {
    const [stream, checkpoints] = [newStream(), [] as Position[]]
    await streamOf(100) // of which the subscription sees nothing but checkpoints
    const filter = streamNameFilter({
      prefixes: [stream],
      checkpointInterval: 1,
      maxSearchWindow: 32,
      checkpointReached: (_, position) => void checkpoints.push(position),
    })
    const subscription = client.subscribeToAll({ fromPosition: START, filter })
    const commitPositions = new Set<string>()
    subscription.on('data', ({ commitPosition }) => commitPositions.add(typeof commitPosition))
    const received = listen(subscription)
    await says(received, 'caughtUp')
    const before = checkpoints.length
    const { position } = await client.appendToStream(stream, newEvents(3), { expectedRevision: NO_STREAM })
    await streamOf(200)
    await have(received, 3)
    const passed = (): boolean => checkpoints.some(({ commit }) => commit > position!.commit)
    await eventually(() => expect(passed()).to.equal(true))
    await received.leave()
    await says(received, 'close')
    return plain({
      got: received.revisions,
      checkpointsBeforeAnything: before > 0,
      checkpointsMonotonic: checkpoints.every(({ commit }, i) => i === 0 || commit >= checkpoints[i - 1]!.commit),
      checkpointPassedTheLastEvent: passed(),
      namesSeen: [...received.names].sort(),
      commitPositionOnEvent: [...commitPositions].join(),
    })
  },

  'a subscription to $all from a position starts': async (asking) => {
    const { stream, first } = await twoAppends(asking)
    return heardAfter(asking, stream, first, 1)
  },

  'a subscription to $all from a position in the middle of one append': async (asking) => {
    const stream = await asking.streamOf(3)
    const last = await all(asking.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50 }))
    const first = last.findLast(({ event }) => event?.streamId === stream)!.event!.position!
    return heardAfter(asking, stream, first, 2)
  },

  'a subscription to $all from a position that is no event': async (asking) => {
    const { stream, first } = await twoAppends(asking)
    const fromPosition = { commit: first.commit + 1n, prepare: first.prepare + 1n }
    const filter = streamNameFilter({ prefixes: [stream] })
    const received = listen(asking.client.subscribeToAll({ fromPosition, filter }))
    await says(received, 'error')
    await received.leave()
    return { got: received.revisions, errors: received.errors }
  },

  excludeSystemEvents: async ({ client, streamOf }) => {
    await streamOf(101)
    const types: string[] = []
    const subscription = client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() })
    subscription.on('data', ({ event }) => types.push(event?.type ?? ''))
    const received = listen(subscription)
    await have(received, 101)
    await received.leave()
    return { systemEventsSeen: types.some((type) => type.startsWith('$')) }
  },
}
