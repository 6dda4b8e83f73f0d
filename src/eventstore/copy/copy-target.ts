import type { EventLog, RecordedEvent } from '../event-log.js'

/** A log that becomes the copy of another. Nobody else writes to it meanwhile. */
export interface CopyTarget {
  log: EventLog
  /**
   * Adds events as they are in their own log, in the same order. Where it ends early, the first of them were added.
   * @throws Error where the log is not the same log up to there
   */
  add(events: readonly RecordedEvent[]): Promise<void>
}
