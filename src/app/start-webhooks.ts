import type { ApiDeps } from '../api/parts.js'
import type { FailureReport } from '../async/outage.js'
import { createMaySpeak } from '../commands/catalogue/incoming-webhooks.js'
import type { Core } from './core.js'
import { createFollowerPosition } from '../followers/follower-position.js'
import type { Metrics } from './metrics.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'
import { deriveKey } from '../privacy/derive-key.js'
import type { PastFrames } from '../realtime/past-frames.js'
import type { Releases } from './release.js'
import { createDeliverEvents } from '../webhooks/deliver-events.js'
import { createDeliveries } from '../webhooks/deliveries.js'
import { createIncomingSecrets } from '../webhooks/incoming-secrets.js'
import { createFindNextDelivery } from '../webhooks/next-delivery.js'
import { createReplayWebhook } from '../webhooks/replay-webhook.js'
import { createSendDelivery } from '../webhooks/send-delivery.js'
import { startWebhooks } from '../webhooks/start-webhooks.js'
import { createWebhookSecrets } from '../webhooks/webhook-secrets.js'

interface WebhookDeps {
  safeFetch: SafeFetch
  pastFrames: PastFrames
  report: FailureReport
  metrics: Metrics
}

/** What the API needs of webhooks. */
export type WebhookParts = ApiDeps['webhooks']

/** Starts the delivery of events to outgoing webhooks. */
export async function startWebhookDelivery(
  core: Core,
  { safeFetch, pastFrames, report, metrics }: WebhookDeps,
  releases: Releases,
): Promise<WebhookParts> {
  const { log, reader, queries, accountStatuses, handler, clock, databases, runAsSystem: run } = core
  const { progress } = core.runners.conversations
  const isOn = (userId: string): Promise<boolean> => core.flags.isOn('webhooks', userId)
  const secrets = createWebhookSecrets(deriveKey(core.installationKey, 'parley/webhook/1'))
  const deliveries = createDeliveries(databases.main)
  const deliverEvents = createDeliverEvents({
    findNext: createFindNextDelivery({ log, progress, queries, accountStatuses, pastFrames, isOn }),
    send: createSendDelivery({ secrets, safeFetch, clock }),
    deliveries,
    run,
    onAttempt: (outcome) => metrics.webhookDeliveries.inc({ outcome }),
  })
  const running = releases.add(
    await startWebhooks({
      log,
      reader,
      queries,
      progress,
      deliveries,
      deliverEvents,
      position: createFollowerPosition(databases.main, 'webhooks'),
      run,
      report,
    }),
  )
  const replay = createReplayWebhook({
    stateOf: handler.stateOf,
    queries,
    head: () => log.head(),
    progress,
    deliveries,
    onDue: () => running.wake(),
  })
  const incoming = {
    secrets: createIncomingSecrets(deriveKey(core.installationKey, 'parley/incoming-webhook/1')),
    isOn,
    maySpeak: createMaySpeak({ stateOf: handler.stateOf, accountStatuses }),
  }
  return { secrets, deliveries, replay, incoming }
}
