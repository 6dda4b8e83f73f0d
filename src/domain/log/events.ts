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

export type LogEvent = LogOpened | ProjectionEventSkipped | FeatureFlagChanged
