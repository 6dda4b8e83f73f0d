import type { Experiment } from './experiment.js'
import { auditTrail } from './experiments/audit-trail.js'
import { bulk } from './experiments/bulk.js'
import { coldStarts } from './experiments/cold-start.js'
import { deliveries } from './experiments/deliveries.js'
import { growth } from './experiments/growth.js'
import { limits } from './experiments/limits.js'
import { mixedLoad } from './experiments/mixed-load.js'
import { processes } from './experiments/processes.js'
import { reads } from './experiments/reads.js'
import { sends } from './experiments/sends.js'
import { severalProcesses } from './experiments/several-processes.js'
import { sockets } from './experiments/sockets.js'
import { twoNodes } from './experiments/two-nodes.js'

/** Everything that is measured, in the order of the table. */
export const experimentList: readonly Experiment[] = [
  ...sends,
  ...reads,
  ...deliveries,
  ...sockets,
  ...mixedLoad,
  ...twoNodes,
  ...severalProcesses,
  ...auditTrail,
  ...growth,
  ...coldStarts,
  ...bulk,
  ...processes,
  ...limits,
]
