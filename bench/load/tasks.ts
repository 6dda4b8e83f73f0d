import { deliveries } from './deliveries.js'
import { fanOut } from './fan-out.js'
import { dropSockets, holdSockets } from './idle-sockets.js'
import { mixed } from './mixed.js'
import { readsOfOwnWrites } from './reads-of-own-writes.js'
import { chatLists, histories } from './reads.js'
import { resume } from './resume.js'
import { sendsOverRest } from './sends-over-rest.js'
import { sendsOverSockets } from './sends-over-sockets.js'

/** What the load process does when it is asked; arguments and results are plain data. */
export const tasks = {
  chatLists,
  deliveries,
  dropSockets,
  fanOut,
  histories,
  holdSockets,
  mixed,
  readsOfOwnWrites,
  resume,
  sendsOverRest,
  sendsOverSockets,
}

export type Tasks = typeof tasks
