import { firstVisible, isDeleted } from './event-stream.js'
import { goLive } from './live-queue.js'
import { readStreamName } from './messages.js'
import { streamDeleted } from './rpc-error.js'
import { createVoice, type SubscriptionOptions, type Voice } from './subscription.js'

/** A subscription to one stream, which need not be there yet: the events after a revision, then those to come. */
export async function followStream(subscription: SubscriptionOptions): Promise<void> {
  const { store, options, outlet } = subscription
  const asked = options.getStream()
  const name = readStreamName(asked?.getStreamIdentifier())
  const voice = createVoice(subscription)
  await voice.confirm()
  const after = asked?.hasRevision() === true ? Number(asked.getRevision()) : -1
  const from = asked?.hasEnd() === true ? store.records.length : await catchUp(subscription, voice, name, after)
  if (outlet.closed) return
  const live = goLive({
    store,
    from,
    outlet,
    voice,
    allows: ({ stream, revision }) => stream === name && revision > after,
    checkpointEvery: Infinity,
    considered: 0,
  })
  await voice.caughtUp()
  await live.deliver(async (event) => {
    await voice.event(event)
    if (event.kind === 'tombstone') outlet.fail(streamDeleted(name))
  })
}

/**
 * Waits for a stream that is not there, as a real server does: it has not caught up before there is something.
 * @returns the index of the first record that it has not seen
 */
async function catchUp(
  { store, outlet }: SubscriptionOptions,
  voice: Voice,
  name: string,
  after: number,
): Promise<number> {
  let next = after + 1
  while (!outlet.closed) {
    const stream = store.stream(name)
    if (stream?.tombstone !== undefined) {
      outlet.fail(streamDeleted(name))
      break
    }
    if (stream === undefined || stream.events.length === 0 || isDeleted(stream)) {
      await voice.untilGrowth()
      continue
    }
    next = Math.max(next, firstVisible(stream))
    const event = stream.events[next]
    if (event === undefined) break
    next += 1
    await voice.event(event)
  }
  return store.records.length
}
