import type { Pool } from 'pg'
import { anchorsBetween } from '../anchors/anchor-table.js'
import { entriesAfter } from '../chain/entry-table.js'
import { checkpointsAfter } from '../checkpoints/checkpoint-table.js'

export const EXPORT_FORMAT = 'parley/audit-export/1'

const PAGE = 2_000

/**
 * The chain up to an entry that is signed, as lines of JSON: a header, then the entries in order, and after each entry the checkpoint that ends
 * with it, and where that is stored outside. The last line but for anchors is a checkpoint.
 */
export async function* exportChain(pool: Pool, signedUpTo: number): AsyncGenerator<object> {
  yield { kind: 'header', format: EXPORT_FORMAT }
  for (let after = 0; after < signedUpTo; after += PAGE) {
    const upTo = Math.min(after + PAGE, signedUpTo)
    const checkpoints = await checkpointsAfter(pool, after, upTo - after)
    const anchors = await anchorsBetween(pool, after, upTo)
    for (const { isAuthentic: _, ...entry } of await entriesAfter(pool, after, upTo - after)) {
      const isHere = ({ ordinal }: { ordinal: number }): boolean => ordinal === entry.ordinal
      yield { kind: 'entry', ...entry }
      if (checkpoints.length === 0) continue
      for (const checkpoint of checkpoints.filter(isHere)) yield { kind: 'checkpoint', ...checkpoint }
      for (const anchor of anchors.filter(isHere)) yield { kind: 'anchor', ...anchor }
    }
  }
}
