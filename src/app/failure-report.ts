import { ProjectionPausedError } from '../analytics/running/failure-of.js'
import type { FailureReport } from '../async/outage.js'
import { stackOf } from '../async/stack-of.js'
import type { Metrics } from './metrics.js'

type Log = Record<'error' | 'warn', (message: string, about: object) => unknown>

/** How log lines call each kind of background work, by its name in metrics; projections are "Projection <name>". */
export const FAILURE_TITLES: Readonly<Record<string, string>> = {
  'event-log': 'Reading the event log',
  'event-log-notifications': 'Notifying nodes of new events',
  'event-log-mark': 'Storing how far EventStoreDB was searched',
  'projection-notifications': 'Notifying nodes of moved projections',
  realtime: 'Realtime delivery',
  'session-revocations': 'Following session revocations',
  'command-cache': 'Feeding the command cache',
  snapshots: 'Storing snapshots of streams',
  'session-check': 'Verifying sessions',
  'bot-check': 'Verifying bot tokens',
  'security-events': 'Recording security events',
  'privileged-accesses': 'Recording privileged accesses',
  redis: 'Counting in Redis',
  rebuild: 'Rebuilding projections',
  'feature-flags': 'Reading FLAGS_FILE',
  presence: 'Presence in Redis',
  'redis-channel': 'Announcing through Redis who is typing',
  'presence-pushes': 'Pushing presence to sockets',
  'projections-dir': 'Reading PROJECTIONS_DIR',
  'projections-erasure': "Rebuilding analysts' projections after an erasure",
  'event-mac': 'Checking the MAC of an event',
  'audit-chain-mac': 'Checking the MACs of events',
  'audit-verification': 'Verifying the audit chain',
  'audit-checkpoints': 'Signing audit checkpoints',
  webhooks: 'Webhook scheduling',
  'webhook-deliveries': 'Webhook delivery',
  'webhook-deliveries-claims': 'Webhook delivery queue',
  'link-previews': 'Link preview scheduling',
  'link-preview-jobs': 'Link previews',
  'link-preview-jobs-claims': 'Link preview queue',
}

const PROJECTION = 'projection-'
/** A MAC that is wrong stays so. */
const MAC = '-mac'

export const titleOf = (name: string): string =>
  FAILURE_TITLES[name] ??
  (name.startsWith(PROJECTION)
    ? `Projection ${name.slice(PROJECTION.length)}`
    : name.replace(/^audit-anchor /, 'Anchoring at '))

/** One log line and one metric for the beginning and the end of each outage. */
export function createFailureReport(
  logger: Log,
  { followerFailing, followerFailures }: Pick<Metrics, 'followerFailing' | 'followerFailures'>,
): FailureReport {
  return {
    onFailure(follower, error) {
      followerFailing.set({ follower }, 1)
      followerFailures.inc({ follower })
      const what =
        error instanceof ProjectionPausedError ? 'is paused' : follower.endsWith(MAC) ? 'failed' : 'failed; retrying'
      logger.error(`${titleOf(follower)} ${what}`, { follower, cause: stackOf(error) })
    },
    onRecovery(follower) {
      followerFailing.set({ follower }, 0)
      logger.warn(`${titleOf(follower)} works again`, { follower })
    },
  }
}
