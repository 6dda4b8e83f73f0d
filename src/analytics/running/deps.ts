import type { Pool } from 'pg'
import type { FailureReport } from '../../async/outage.js'
import type { EventLog } from '../../eventstore/event-log.js'
import type { ViewEvents } from '../events/event-view.js'

/** What running an analyst's projection takes. */
export interface RunningDeps {
  log: EventLog
  /** Connected by `url`, as the role that owns schema `analytics`. */
  pool: Pool
  /** Given to the processes of projections. */
  url: string
  viewEvents: ViewEvents
  /** Whether messages of errors may repeat personal data. */
  hidesMessages: boolean
  report: FailureReport
  /** How long one batch may take. */
  deadlineMs?: number
}
