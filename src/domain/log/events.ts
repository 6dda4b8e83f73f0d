import type { EventShape } from '../event.js'

/** The first event of every log: gives it the id that its positions begin with. */
export interface LogOpened extends EventShape {
  type: 'LogOpened'
  public: { logId: string }
  personal: object
}

/** The operator had a projection pass over an event that it could not apply; rebuilds skip it too. */
export interface ProjectionEventSkipped extends EventShape {
  type: 'ProjectionEventSkipped'
  public: {
    projection: string
    /** Of the event that was skipped. */
    position: string
    /** `system:` and the account of the operating system. */
    by: string
  }
  personal: { reason: string }
}

/** The rules of a feature flag changed: what users may do is another thing from then on. */
export interface FeatureFlagChanged extends EventShape {
  type: 'FeatureFlagChanged'
  public: {
    flag: string
    /** The rules as JSON; null where the file did not name the flag. */
    from: string | null
    to: string | null
    /** `system:flags`: the file was changed. */
    by: string
  }
  personal: object
}

/** An event that a projection passes over, by its position in the log that the event with this entry names. */
export interface SkippedPosition {
  projection: string
  position: string
}

/** Everything before it was copied from another store; positions after it begin with this id. */
export interface LogCopied extends EventShape {
  type: 'LogCopied'
  public: {
    logId: string
    /** Absent where nothing was skipped. */
    skipped?: readonly SkippedPosition[]
  }
  personal: object
}

/** Everything before it was restored from a backup; positions after it begin with this id. */
export interface LogRestored extends EventShape {
  type: 'LogRestored'
  public: {
    logId: string
    backupId: string
    /** How many events were restored: the ordinal of the last one. */
    events: number
    /** How many the backup holds: more, where it was restored to an earlier point in time. */
    backedUpEvents: number
    /** Absent where nothing was skipped. */
    skipped?: readonly SkippedPosition[]
  }
  personal: object
}

export type LogEvent = LogOpened | LogCopied | LogRestored | ProjectionEventSkipped | FeatureFlagChanged
