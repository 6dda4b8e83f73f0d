import { adapterAppends, clientAppends } from './eventstoredb-appends.js'
import { fill } from './fill.js'
import { digestedEvents, verifiedEntries } from './verify.js'
import { rebuild } from './rebuild.js'
import { copiedEvents, insertedEvents, loggedEvents, readEvents, readRows } from './postgres-log.js'

/** What is measured within one process, on the server's core; arguments and results are plain data. */
export const rates = {
  adapterAppends,
  clientAppends,
  copiedEvents,
  digestedEvents,
  fill,
  insertedEvents,
  loggedEvents,
  readEvents,
  readRows,
  rebuild,
  verifiedEntries,
}

export type Rates = typeof rates
