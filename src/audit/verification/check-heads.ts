import { checkpointText, type Checkpoint, type Heads } from '../checkpoints/checkpoint.js'
import type { SigningKeys } from '../checkpoints/signing-keys.js'
import type { Subtree } from '../merkle/subtrees.js'
import type { DivergenceReason } from './divergence.js'

/** Null where the checkpoint was signed here and has these heads. */
export function checkCheckpoint(
  checkpoint: Checkpoint,
  { hash, treeHead }: Pick<Heads, 'hash' | 'treeHead'>,
  keys: Pick<SigningKeys, 'list' | 'verifies'>,
): DivergenceReason | null {
  if (!keys.list.some(({ kid }) => kid === checkpoint.kid)) return 'checkpoint-key-unknown'
  if (!keys.verifies(checkpointText(checkpoint), checkpoint)) return 'checkpoint-forged'
  return checkpoint.hash === hash && checkpoint.treeHead === treeHead ? null : 'checkpoint-contradicted'
}

/** The leaf that ends the first subtree which is not stored as it was computed; null where all are. Both by last leaf and level. */
export function compareNodes(computed: readonly Subtree[], stored: readonly Subtree[]): number | null {
  for (let index = 0; index < Math.max(computed.length, stored.length); index++) {
    const [ours, theirs] = [computed[index], stored[index]]
    const isSame = ours?.lastLeaf === theirs?.lastLeaf && ours?.level === theirs?.level && ours?.hash === theirs?.hash
    if (!isSame) return Math.min(ours?.lastLeaf ?? Infinity, theirs?.lastLeaf ?? Infinity)
  }
  return null
}
