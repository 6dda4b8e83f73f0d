import type { Pool } from 'pg'
import type { FailureReport } from '../../async/outage.js'
import { attempt } from '../../async/attempt.js'
import { createOutage } from '../../async/outage.js'
import type { Checkpoint } from '../checkpoints/checkpoint.js'
import type { AnchorTarget } from './anchor-target.js'
import { anchorsBetween, insertAnchor } from './anchor-table.js'
import { sendAnchor } from './send-anchor.js'

export interface AnchoringDeps {
  pool: Pool
  targets: readonly AnchorTarget[]
  clock: () => Date
  /** An outage for each target. */
  report: FailureReport
}

/**
 * Stores a checkpoint at every target that does not have it. Where one fails, the next checkpoint is tried: it covers this one. Two nodes
 * at the same moment may both store it, which is harmless.
 */
export function createAnchorCheckpoint({ pool, targets, clock, report }: AnchoringDeps) {
  const outages = targets.map((target) => ({ target, outage: createOutage(`audit-anchor ${target.name}`, report) }))

  async function store(target: AnchorTarget, checkpoint: Checkpoint): Promise<void> {
    const proof = await sendAnchor(target, checkpoint)
    const { ordinal } = checkpoint
    await insertAnchor(pool, { ordinal, target: target.name, at: clock().toISOString() }, proof)
  }

  return async (checkpoint: Checkpoint | null): Promise<void> => {
    if (checkpoint === null || targets.length === 0) return
    const stored = await anchorsBetween(pool, checkpoint.ordinal - 1, checkpoint.ordinal)
    const missing = outages.filter(({ target }) => !stored.some((anchor) => anchor.target === target.name))
    await Promise.all(missing.map(({ target, outage }) => attempt(outage, () => store(target, checkpoint), undefined)))
  }
}
