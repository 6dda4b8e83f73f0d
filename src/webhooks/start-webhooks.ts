import { setTimeout as sleep } from 'node:timers/promises'
import type { FailureReport } from '../async/outage.js'
import { createSignal } from '../async/signal.js'
import type { EventLog, Page } from '../eventstore/event-log.js'
import { positionInLog } from '../followers/follower-position.js'
import { startFollower } from '../followers/follower.js'
import { takeJobs } from '../followers/take-jobs.js'
import type { DeliverEvents } from './deliver-events.js'
import type { Deliveries } from './deliveries.js'
import { createTrackChatHeads, NOTED_STREAMS, type NoteChatsDeps } from './track-chat-heads.js'

export interface WebhooksDeps extends Omit<NoteChatsDeps, 'onDue'> {
  log: EventLog
  deliveries: Deliveries
  deliverEvents: DeliverEvents
  report: FailureReport
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
  const { log, position, deliveries, deliverEvents, report, pollMs = 2_000 } = deps
  const wakeUp = createSignal()
  const stop = new AbortController()
  const { signal } = stop
  const from = positionInLog(log, await position.read(await log.head()), log.start)
  const trackChatHeads = createTrackChatHeads({ ...deps, onDue: () => wakeUp.notify() })

  async function handle(page: Page, ended: AbortSignal): Promise<void> {
    await trackChatHeads(page, ended)
    if (page.events.length > 0) await sleep(GATHER_MS, undefined, { signal: ended }).catch(() => undefined)
  }

  const follower = startFollower({
    name: 'webhooks',
    log,
    streamPrefixes: NOTED_STREAMS,
    start: (handled) => handled ?? from,
    handle,
    report,
  })
  const delivering = takeJobs(
    {
      name: 'webhook-deliveries',
      claim: (limit) => deliveries.claim(limit),
      work: (claimed) => deliverEvents(claimed, signal),
      maxConcurrency: MAX_AT_ONCE,
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
