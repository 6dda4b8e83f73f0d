import type { Foundations } from '../../app/foundations.js'
import { createProjectionControl, type ProjectionControl } from '../../projections/engine/projection-control.js'

/** Builds need no server, and disturb none. */
export const controlOf = ({ databases, log }: Foundations): ProjectionControl =>
  createProjectionControl({ pool: databases.main, log, wakeUp: () => undefined })
