import type { Pool } from 'pg'
import { pruneGenerations } from './generations.js'
import type { Projection } from './projection.js'
import { pruneOtherVersions } from './prune-versions.js'

/**
 * Drops the tables that no runner keeps up to date: replaced generations, and all of other versions that no node follows the log for.
 * They would keep what an erasure removes from the others.
 */
export async function dropUnfollowed(pool: Pool, projections: readonly Projection[]): Promise<void> {
  for (const projection of projections) await pruneGenerations(pool, projection)
  await pruneOtherVersions(pool, projections)
}
