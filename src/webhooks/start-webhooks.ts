import { createSignal } from '../async/signal.js'
import type { EventLog } from '../eventstore/event-log.js'
import { followLog, placeIn } from '../followers/follow-log.js'
import { takeJobs } from '../followers/take-jobs.js'
import type { DeliverEvents } from './deliver-events.js'
import type { Deliveries } from './deliveries.js'
import { createTrackChatHeads, NOTED_STREAMS, type NoteChatsDeps } from './track-chat-heads.js'

export interface WebhooksDeps extends Omit<NoteChatsDeps, 'onDue'> {
  log: EventLog
  deliveries: Deliveries
  deliverEvents: DeliverEvents
  /** Told once for each failure, not for its repeats. */
  onFailure(error: unknown): void
  /** How often it looks for what other nodes left or what is due again; 2 s by default. */
  pollMs?: number
}

export interface Webhooks extends AsyncDisposable {
  /** There may be something to deliver. */
  wake(): void
}

/** Webhooks that a node delivers to at the same time. */
const MAX_AT_ONCE = 8
/** So that many messages cost one look at the table. */
const GATHER_MS = 50

/**
 * Delivers events of chats to whom webhooks name. The follower only notes, for all nodes in one table, how far each chat has come; a node
 * with a hand free takes a webhook that has not come so far, for itself alone, and sends it the chat's events in their order. Begins
 * before anyone can make a webhook, so that none is missed; in a log that it does not know it examines everything.
 */
export async function startWebhooks(deps: WebhooksDeps): Promise<Webhooks> {
  const { log, position, deliveries, deliverEvents, onFailure, pollMs = 2_000 } = deps
  const wakeUp = createSignal()
  const stop = new AbortController()
  const { signal } = stop
  const from = placeIn(log, await position.read(await log.head()), log.start)
  const trackChatHeads = createTrackChatHeads({ ...deps, onDue: () => wakeUp.notify() })

  const running = Promise.all([
    followLog(
      {
        log,
        streamPrefixes: NOTED_STREAMS,
        start: () => Promise.resolve(from),
        examine: (page) => trackChatHeads(page, signal),
        onFailure,
        gatherMs: GATHER_MS,
      },
      signal,
    ),
    takeJobs(
      {
        claim: (most) => deliveries.claim(most),
        work: (claimed) => deliverEvents(claimed, signal),
        mostAtOnce: MAX_AT_ONCE,
        wakeUp,
        pollMs,
        onFailure,
      },
      signal,
    ),
  ])
  return {
    wake: () => wakeUp.notify(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
