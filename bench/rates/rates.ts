import { adapterAppends, clientAppends } from './eventstoredb-appends.js'
import { fill } from './fill.js'
import { rebuild } from './rebuild.js'
import { copiedEvents, insertedEvents, loggedEvents, readEvents, readRows } from './postgres-log.js'

/** What is measured within one process, on the server's core; arguments and results are plain data. */
export const rates = {
  adapterAppends,
  clientAppends,
  copiedEvents,
  fill,
  insertedEvents,
  loggedEvents,
  readEvents,
  readRows,
  rebuild,
}

export type Rates = typeof rates
