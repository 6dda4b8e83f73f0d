import type { Subtree } from '../merkle/subtrees.js'

/** The leaf that ends the first subtree which is not stored as it was computed; null where all are. Both by last leaf and level. */
export function compareNodes(computed: readonly Subtree[], stored: readonly Subtree[]): number | null {
  for (let index = 0; index < Math.max(computed.length, stored.length); index++) {
    const [ours, theirs] = [computed[index], stored[index]]
    const isSame = ours?.lastLeaf === theirs?.lastLeaf && ours?.level === theirs?.level && ours?.hash === theirs?.hash
    if (!isSame) return Math.min(ours?.lastLeaf ?? Infinity, theirs?.lastLeaf ?? Infinity)
  }
  return null
}
