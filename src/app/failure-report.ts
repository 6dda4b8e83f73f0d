import type { FailureReport } from '../async/outage.js'
import { stackOf } from '../requests/request-path.js'
import type { Metrics } from './metrics.js'

type Log = Record<'error' | 'warn', (message: string, about: object) => unknown>

/** What an operator calls each part of the log, follower and job queue; projections are "Projection <name>". */
const TITLES: Readonly<Record<string, string>> = {
  'event-log': 'Reading the event log',
  'event-log-notifications': 'Notifying of new events',
  'event-log-mark': 'Keeping the position in EventStoreDB',
  realtime: 'Realtime delivery',
  'session-revocations': 'Following of session revocations',
  'command-cache': 'Feeding of the command cache',
  webhooks: 'Webhook scheduling',
  'projections-dir': 'Reading of PROJECTIONS_DIR',
  'webhook-deliveries': 'Webhook delivery',
  'webhook-deliveries-claims': 'Webhook delivery queue',
  'link-previews': 'Link preview scheduling',
  'link-preview-jobs': 'Link previews',
  'link-preview-jobs-claims': 'Link preview queue',
}

const PROJECTION = 'projection-'

export const titleOf = (name: string): string =>
  TITLES[name] ?? (name.startsWith(PROJECTION) ? `Projection ${name.slice(PROJECTION.length)}` : name)

/** One log line and one metric for the beginning and the end of each outage. */
export function createFailureReport(
  logger: Log,
  { followerFailing, followerFailures }: Pick<Metrics, 'followerFailing' | 'followerFailures'>,
): FailureReport {
  return {
    onFailure(follower, error) {
      followerFailing.set({ follower }, 1)
      followerFailures.inc({ follower })
      logger.error(`${titleOf(follower)} failed; retrying`, { follower, cause: stackOf(error) })
    },
    onRecovery(follower) {
      followerFailing.set({ follower }, 0)
      logger.warn(`${titleOf(follower)} works again`, { follower })
    },
  }
}
