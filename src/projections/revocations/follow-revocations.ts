import type { FailureReport } from '../../async/outage.js'
import { revokingStreams, type Revocation } from '../../domain/revocation.js'
import type { EventLog, Position } from '../../eventstore/event-log.js'
import { startFollower, type Follower } from '../../followers/follower.js'
import { createProgress } from '../../followers/progress.js'
import { revocationsIn, type RevocationReader } from './revocations.js'

export interface FollowRevocationsDeps {
  log: EventLog
  reader: RevocationReader
  /** Where the revocations that were loaded end. */
  after: Position
  note(revocation: Revocation): void
  report: FailureReport
  /** Pause after the first failure, doubling up to 30 s; 200 ms by default. */
  retryMs?: number
}

/**
 * Notes revocations as they are appended to the log. One that cannot be read (a later release wrote it) stops the follower there: from
 * then on it is not up to date, which its `progress` shows to those who rely on it.
 */
export function followRevocations(deps: FollowRevocationsDeps): Follower {
  const { log, reader, after, note, report, retryMs = 200 } = deps
  const progress = createProgress(after, (a, b) => log.comparePositions(a, b))
  return startFollower({
    name: 'session-revocations',
    log,
    streamPrefixes: revokingStreams,
    start: () => progress.position,
    handle: ({ events }) => revocationsIn(reader, events).forEach(note),
    report,
    progress,
    retryMs,
  })
}
