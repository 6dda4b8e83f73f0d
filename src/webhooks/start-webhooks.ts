import { setTimeout as sleep } from 'node:timers/promises'
import type { FailureReport } from '../async/outage.js'
import type { EventLog } from '../eventstore/event-log.js'
import { positionInLog } from '../followers/follower-position.js'
import { startFollower } from '../followers/follower.js'
import { startJobs, type RunningJobs } from '../followers/start-jobs.js'
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

/** Webhooks that a node delivers to at the same time. */
const MAX_CONCURRENCY = 8
/** Pause after each page, so that many messages cost one update of the table. */
const BATCH_MS = 50

/**
 * Delivers events of chats to outgoing webhooks. The follower only records, in a table that all nodes share, the latest version of each
 * chat; each node claims webhooks that are behind it, while it has capacity, and sends each of them the chat's events in order. It starts
 * before webhooks can be made, so that none is missed; without a known position in the log it examines everything.
 */
export async function startWebhooks(deps: WebhooksDeps): Promise<RunningJobs> {
  const { log, position, deliveries, deliverEvents, report, pollMs = 2_000 } = deps
  const from = positionInLog(log, await position.read(await log.head()), log.start)

  function follow(onDue: () => void): AsyncDisposable {
    const trackChatHeads = createTrackChatHeads({ ...deps, onDue })
    return startFollower({
      name: 'webhooks',
      log,
      streamPrefixes: TRACKED_STREAMS,
      start: (handled) => handled ?? from,
      async handle(page, ended) {
        await trackChatHeads(page, ended)
        if (page.events.length > 0) await sleep(BATCH_MS, undefined, { signal: ended }).catch(() => undefined)
      },
      report,
    })
  }

  return startJobs({
    name: 'webhook-deliveries',
    follow,
    claim: (limit) => deliveries.claim(limit),
    work: deliverEvents,
    maxConcurrency: MAX_CONCURRENCY,
    pollMs,
    report,
  })
}
