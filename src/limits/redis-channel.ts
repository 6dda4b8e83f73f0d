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
  const attempt = (work: Promise<unknown>): void =>
    void work.then(
      () => outage.succeeded(),
      (error: unknown) => outage.failed(error),
    )
  const subscriber = client.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null })
  subscriber.on('error', () => undefined) // the other connection reports it
  subscriber.on('message', (_channel, text) => onText(text))
  attempt(subscriber.subscribe(name))
  return {
    publish: (text) => attempt(write(() => client.publish(name, text))),
    [Symbol.asyncDispose]() {
      subscriber.disconnect()
      return Promise.resolve()
    },
  }
}
