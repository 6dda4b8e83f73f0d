import { firstVisible, isDeleted } from './event-stream.js'
import { readStreamName } from './messages.js'
import { streamDeleted } from './rpc-error.js'
import { createVoice, type SubscriptionOptions } from './subscription.js'

/** A subscription to one stream, which need not be there yet: the events after a revision, then those to come. */
export async function followStream(subscription: SubscriptionOptions): Promise<void> {
  const { store, options, outlet } = subscription
  const asked = options.getStream()
  const name = readStreamName(asked?.getStreamIdentifier())
  const voice = createVoice(subscription)
  let next = 0
  if (asked?.hasEnd() === true) next = store.stream(name)?.events.length ?? 0
  else if (asked?.hasRevision() === true) next = Number(asked.getRevision()) + 1
  let isLive = false

  if (store.stream(name)?.tombstone !== undefined) {
    outlet.fail(streamDeleted(name))
    return
  }
  await voice.confirm()
  while (!outlet.closed) {
    const stream = store.stream(name)
    if (stream !== undefined && !isDeleted(stream)) next = Math.max(next, firstVisible(stream))
    const event = stream?.events[next]
    if (event !== undefined) {
      next += 1
      await voice.event(event)
    } else {
      if (!isLive) await voice.caughtUp()
      isLive = true
      if (store.stream(name)?.events[next] === undefined) await voice.untilGrowth()
    }
  }
}
