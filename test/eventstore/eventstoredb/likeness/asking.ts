import { EventStoreDBClient, type EventData, jsonEvent, NO_STREAM } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeClient } from '../../../../src/eventstore/eventstoredb/client.js'
import { connectionSettings } from './connection-settings.js'

/** With what a question is asked. Each asks about streams of its own, for a server may be shared. */
export interface Asking {
  client: EventStoreDBClient
  /** A client with this setting; those with equal settings share one connection. */
  connect(setting?: string): EventStoreDBClient
  /** A client with a connection of its own. */
  connectApart(): EventStoreDBClient
  /** A name that no other stream has. */
  newStream(name?: string): string
  /** A new stream of so many events. */
  streamOf(count: number): Promise<string>
  /** What it gives, or that it gave nothing in so many seconds; a server of ours is given 5 s, for it shares the machine. */
  within(seconds: number, promise: Promise<unknown>): Promise<unknown>
  /** Resolves when the condition holds, or the count has not changed for some time: then nothing more is to come. */
  untilStill(count: () => number, isDone: () => boolean): Promise<void>
}

export interface OpenedAsking extends Asking {
  /** Closes all clients but `client`. */
  leave(): Promise<void>
}

/** The answer, as data: what `observed.json` holds. */
export type Question = (asking: Asking) => Promise<unknown>

/** Without progress for so long, nothing more is to come; a busy machine makes pauses of its own. */
const STILL_MS = 5_000

export function openAsking(url: string, isOurs: boolean): OpenedAsking {
  const prefix = `likeness_${randomUUID().slice(0, 8)}`
  const clients: EventStoreDBClient[] = []
  const client = EventStoreDBClient.connectionString(url)

  function connect(setting?: string): EventStoreDBClient {
    const made = EventStoreDBClient.connectionString(setting === undefined ? url : `${url}&${setting}`)
    clients.push(made)
    return made
  }

  const newStream = (name = 'stream'): string => `${prefix}-${name}-${randomUUID().slice(0, 8)}`
  const patience = (seconds: number): number => (isOurs ? STILL_MS : seconds * 1_000)

  return {
    client,
    connect,
    connectApart: () => connect(connectionSettings.next()),
    newStream,
    async streamOf(count) {
      const stream = newStream()
      await client.appendToStream(stream, newEvents(count), { expectedRevision: NO_STREAM })
      return stream
    },
    async within(seconds, promise) {
      const given = new AbortController()
      const nothing = sleep(patience(seconds), { answer: `none within ${seconds} s` }, given)
      try {
        return await Promise.race([promise, nothing])
      } finally {
        given.abort()
        nothing.catch(() => undefined)
      }
    },
    async untilStill(count, isDone) {
      for (let [last, since] = [count(), Date.now()]; !isDone() && Date.now() - since < STILL_MS;) {
        await sleep(10)
        if (count() !== last) [last, since] = [count(), Date.now()]
      }
    },
    async leave() {
      for (const made of clients.splice(0)) await closeClient(made)
    },
  }
}

export const newEvent = (type = 'Happened', data: Record<string, unknown> = { a: 1 }, id = randomUUID()): EventData =>
  jsonEvent({ id, type, data })

export const newEvents = (count: number): EventData[] =>
  Array.from({ length: count }, (_, i) => newEvent('Happened', { i }))
