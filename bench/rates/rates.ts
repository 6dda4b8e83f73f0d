import { catchUp } from './catch-up.js'
import { adapterAppends, clientAppends } from './eventstoredb-appends.js'
import { fill } from './fill.js'
import { copiedEvents, insertedEvents, loggedEvents, readEvents, readRows } from './postgres-log.js'

/** What is measured within one process, on the server's core; arguments and results are plain data. */
export const rates = {
  adapterAppends,
  catchUp,
  clientAppends,
  copiedEvents,
  fill,
  insertedEvents,
  loggedEvents,
  readEvents,
  readRows,
}

export type Rates = typeof rates
