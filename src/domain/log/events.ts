import type { EventShape } from '../event.js'

/** The first event of every log: gives it the id that its positions begin with. */
export interface LogOpened extends EventShape {
  type: 'LogOpened'
  public: { logId: string }
  personal: object
}

export type LogEvent = LogOpened
