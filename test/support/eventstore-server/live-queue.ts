import type { EventStore } from './event-store.js'
import type { LogRecord } from './log-record.js'
import type { Outlet } from './outlet.js'
import type { EventFilter, Position } from './read-page.js'
import { consumerTooSlow } from './rpc-error.js'
import { createSignal } from './signal.js'
import type { Voice } from './subscription.js'

/**
 * A real server keeps little for a live subscriber that lags: two buffers of 32 messages, and what fits into those of the
 * connection. An append of some hundred events can be too much. It then delivers a few more, and sends the subscriber away.
 */
const kept = { messages: 64, bytes: 128 * 1024, afterAll: 40 }

/** What a message takes on its way, beside the event. */
const envelopeBytes = 130

export interface LiveOptions {
  store: EventStore
  /** The index of the first record to look at. */
  from: number
  outlet: Outlet
  voice: Voice
  allows: EventFilter
  /** A checkpoint is due after so many considered events; so many have been since the last one. */
  checkpointEvery: number
  considered: number
}

export interface Live {
  /** Delivers what comes until the subscriber goes or is sent away. */
  deliver(event: (record: LogRecord) => Promise<void>): Promise<void>
}

type Message = { event: LogRecord } | { checkpoint: Position }

/** Begins to queue, at once, what is stored. */
export function goLive({ store, from, outlet, voice, allows, checkpointEvery, considered }: LiveOptions): Live {
  const more = createSignal()
  const queue: Message[] = []
  let bytes = 0
  let next = from
  let sinceCheckpoint = considered
  let isTooSlow = false

  const sizeOf = (message: Message): number =>
    'event' in message ? envelopeBytes + message.event.end - message.event.position : envelopeBytes

  function add(message: Message): void {
    if (isTooSlow) return
    queue.push(message)
    bytes += sizeOf(message)
    isTooSlow = queue.length > kept.messages && bytes > kept.bytes
    if (isTooSlow) queue.length = kept.afterAll
  }

  function look(): void {
    for (; next < store.records.length; next += 1) {
      const record = store.records[next]!
      if (record.kind === 'bare') continue
      if (allows(record)) add({ event: record })
      sinceCheckpoint += 1
      if (sinceCheckpoint < checkpointEvery) continue
      sinceCheckpoint = 0
      add({ checkpoint: { commit: record.position, prepare: record.position } })
    }
    more.notify()
  }

  look()
  const stopLooking = store.onGrowth(look)
  outlet.onClose(() => {
    stopLooking()
    more.notify()
  })

  return {
    async deliver(event) {
      while (!outlet.closed) {
        const message = queue.shift()
        if (message === undefined) {
          if (isTooSlow) outlet.fail(consumerTooSlow())
          else await more.next()
          continue
        }
        bytes -= sizeOf(message)
        await ('event' in message ? event(message.event) : voice.checkpoint(message.checkpoint))
      }
    },
  }
}
