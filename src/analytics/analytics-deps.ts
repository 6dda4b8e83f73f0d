import type { Pool } from 'pg'
import type { FailureReport } from '../async/outage.js'
import type { EventLog, Position } from '../eventstore/event-log.js'
import type { ViewEvents } from './events/event-view.js'

/** What handling analysts' projections takes. */
export interface AnalyticsDeps {
  pool: Pool
  /** Connects to the database of `pool`; given to the processes of projections. */
  url: string
  /** By which BI tools connect; null where the password of their role is the operator's. */
  readerUrl: string | null
  log: EventLog
  viewEvents: ViewEvents
  /** Whether messages of errors may repeat personal data. */
  hidesMessages: boolean
  /** Path of PROJECTIONS_DIR. */
  folder: string
  /** Names of Parley's own projections, which no file may have. */
  reservedNames: ReadonlySet<string>
  /** Seconds since the first event after the position was recorded. */
  lagSecondsAt(position: Position): Promise<number>
  /** For comparisons, which go on after they were asked for. */
  report: FailureReport
}
