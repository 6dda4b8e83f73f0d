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

export type LogEvent = LogOpened | ProjectionEventSkipped
