import { attempt } from '../async/attempt.js'
import { createOutage, type FailureReport } from '../async/outage.js'
import type { RedisConnection } from './redis.js'

/** Texts for whichever nodes listen at the moment: what is published while Redis is away, or a node reconnects, is lost. */
export interface RedisChannel extends AsyncDisposable {
  publish(text: string): void
}

/** `onText` is called on every node that listens to the channel, also on the one that published. */
export function openRedisChannel(
  { client, write }: Pick<RedisConnection, 'client' | 'write'>,
  name: string,
  { onText, report }: { onText: (text: string) => void; report: FailureReport },
): RedisChannel {
  const outage = createOutage('redis-channel', report)
  const subscriber = client.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null })
  subscriber.on('error', () => undefined) // the other connection reports it
  subscriber.on('message', (_channel, text) => onText(text))
  void attempt(outage, () => subscriber.subscribe(name), null)
  return {
    publish: (text) => void attempt(outage, () => write(() => client.publish(name, text)), null),
    [Symbol.asyncDispose]() {
      subscriber.disconnect()
      return Promise.resolve()
    },
  }
}
