import { setTimeout as sleep } from 'node:timers/promises'
import type { FailureReport } from '../async/outage.js'
import { createSignal } from '../async/signal.js'
import type { EventLog, Page } from '../eventstore/event-log.js'
import { positionInLog } from '../followers/follower-position.js'
import { startFollower } from '../followers/follower.js'
import { takeJobs } from '../followers/take-jobs.js'
import type { DeliverEvents } from './deliver-events.js'
import type { Deliveries } from './deliveries.js'
import { createTrackChatHeads, TRACKED_STREAMS, type TrackChatHeadsDeps } from './track-chat-heads.js'

export interface WebhooksDeps extends Omit<TrackChatHeadsDeps, 'onDue'> {
  log: EventLog
  deliveries: Deliveries
  deliverEvents: DeliverEvents
  report: FailureReport
  /** How often it looks for deliveries that other nodes left or that are due again; 2 s by default. */
  pollMs?: number
}

export interface Webhooks extends AsyncDisposable {
  /** There may be something to deliver. */
  wake(): void
}

/** Webhooks that a node delivers to at the same time. */
const MAX_CONCURRENCY = 8
/** Pause after each page, so that many messages cost one update of the table. */
const BATCH_MS = 50

/**
 * Delivers events of chats to outgoing webhooks. The follower only records, in a table that all nodes share, the latest version of each
 * chat; each node claims webhooks that are behind it, while it has capacity, and sends each of them the chat's events in order. It starts
 * before webhooks can be made, so that none is missed; without a known position in the log it examines everything.
 */
export async function startWebhooks(deps: WebhooksDeps): Promise<Webhooks> {
  const { log, position, deliveries, deliverEvents, report, pollMs = 2_000 } = deps
  const wakeUp = createSignal()
  const stop = new AbortController()
  const { signal } = stop
  const from = positionInLog(log, await position.read(await log.head()), log.start)
  const trackChatHeads = createTrackChatHeads({ ...deps, onDue: () => wakeUp.notify() })

  async function handle(page: Page, ended: AbortSignal): Promise<void> {
    await trackChatHeads(page, ended)
    if (page.events.length > 0) await sleep(BATCH_MS, undefined, { signal: ended }).catch(() => undefined)
  }

  const follower = startFollower({
    name: 'webhooks',
    log,
    streamPrefixes: TRACKED_STREAMS,
    start: (handled) => handled ?? from,
    handle,
    report,
  })
  const delivering = takeJobs(
    {
      name: 'webhook-deliveries',
      claim: (limit) => deliveries.claim(limit),
      work: (claimed) => deliverEvents(claimed, signal),
      maxConcurrency: MAX_CONCURRENCY,
      wakeUp,
      pollMs,
      report,
    },
    signal,
  )
  return {
    wake: () => wakeUp.notify(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all([follower[Symbol.asyncDispose](), delivering])
    },
  }
}
