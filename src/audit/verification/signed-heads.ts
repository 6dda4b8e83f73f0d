import type { Pool } from 'pg'
import { readAnchorFile } from '../anchors/anchor-file.js'
import { anchorsBetween, type Anchor } from '../anchors/anchor-table.js'
import { imprintOf } from '../anchors/time-stamp.js'
import { checkpointText, type Checkpoint, type Heads } from '../checkpoints/checkpoint.js'
import { checkpointsAfter } from '../checkpoints/checkpoint-table.js'
import type { SigningKeys } from '../checkpoints/signing-keys.js'
import type { DivergenceReason } from './divergence.js'
import { createLookAhead, type LookAhead } from './look-ahead.js'
import { isGivenUp, type Restore } from './restores.js'

export interface SignedHeadsDeps {
  pool: Pool
  keys: Pick<SigningKeys, 'list' | 'verifies'>
  /** Files that anchoring has written. */
  anchorFiles: readonly string[]
}

/** Checkpoints in anchor files of entries that a restore has given up: neither right nor wrong any more. */
export interface RestoredCheckpoints extends Restore {
  checkpoints: number
}

/** What was signed of the chain, and stored outside, compared with the chain as it is computed. */
export interface SignedHeads {
  /** The last entry that a right checkpoint covers, and the last one that is stored outside. */
  readonly signedUpTo: number
  readonly anchoredUpTo: number
  readonly restored: readonly RestoredCheckpoints[]
  /** Reads what there is of the entries after one and up to another. */
  load(after: number, upTo: number): Promise<void>
  check(heads: Omit<Heads, 'at'>): DivergenceReason | null
  /** Whether something that is stored outside covers entries after this one. */
  isAnchoredBeyond(ordinal: number): Promise<boolean>
}

const PAGE = 1_000

export function createSignedHeads(
  { pool, keys, anchorFiles }: SignedHeadsDeps,
  restores: readonly Restore[],
): SignedHeads {
  const restored = restores.map((restore) => ({ ...restore, checkpoints: 0 }))
  const files = anchorFiles.map((path) => readLines(path, restored))
  let checkpoints = new Map<number, Checkpoint>()
  let anchors = new Map<number, Anchor[]>()
  let lines = new Map<number, Checkpoint[]>()
  const reached = { signed: 0, anchored: 0 }

  return {
    get signedUpTo() {
      return reached.signed
    },
    get anchoredUpTo() {
      return reached.anchored
    },
    restored,
    async load(after, upTo) {
      checkpoints = new Map((await checkpointsAfter(pool, after, upTo - after)).map((one) => [one.ordinal, one]))
      anchors = byOrdinal(await anchorsBetween(pool, after, upTo))
      const claimed = await Promise.all(files.map((file) => takeUpTo(file, upTo)))
      lines = byOrdinal(claimed.flat())
    },
    check(heads) {
      const { ordinal } = heads
      const claimed = lines.get(ordinal) ?? []
      if (!claimed.every((line) => hasHeads(line, heads))) return 'anchor-contradicted'
      if (claimed.length > 0) reached.anchored = ordinal
      const checkpoint = checkpoints.get(ordinal)
      if (checkpoint === undefined) return null
      const reason = checkCheckpoint(checkpoint, heads, keys)
      if (reason !== null) return reason
      reached.signed = ordinal
      const stored = anchors.get(ordinal) ?? []
      if (!stored.every((anchor) => isOf(anchor, checkpoint))) return 'anchor-contradicted'
      if (stored.length > 0) reached.anchored = ordinal
      return null
    },
    async isAnchoredBeyond(ordinal) {
      await Promise.all(files.map((file) => file.fill(1)))
      return files.some((file) => (file.at(0)?.ordinal ?? 0) > ordinal)
    },
  }
}

function byOrdinal<Item extends { ordinal: number }>(items: readonly Item[]): Map<number, Item[]> {
  const groups = new Map<number, Item[]>()
  for (const item of items) groups.set(item.ordinal, [...(groups.get(item.ordinal) ?? []), item])
  return groups
}

const hasHeads = ({ hash, treeHead }: Checkpoint, heads: Pick<Heads, 'hash' | 'treeHead'>): boolean =>
  hash === heads.hash && treeHead === heads.treeHead

/** A time-stamp is of this checkpoint, or of none. */
const isOf = ({ proof }: Anchor, checkpoint: Checkpoint): boolean =>
  proof === null || Buffer.from(proof, 'base64').includes(imprintOf(checkpointText(checkpoint)))

function checkCheckpoint(
  checkpoint: Checkpoint,
  heads: Pick<Heads, 'hash' | 'treeHead'>,
  keys: SignedHeadsDeps['keys'],
): DivergenceReason | null {
  if (!keys.list.some(({ kid }) => kid === checkpoint.kid)) return 'checkpoint-key-unknown'
  if (!keys.verifies(checkpointText(checkpoint), checkpoint)) return 'checkpoint-forged'
  return hasHeads(checkpoint, heads) ? null : 'checkpoint-contradicted'
}

/** Lines of before a restore, which are not in the order of the others, are counted and left out. */
function readLines(path: string, restored: readonly RestoredCheckpoints[]): LookAhead<Checkpoint> {
  const lines = readAnchorFile(path)
  return createLookAhead(async () => {
    const page: Checkpoint[] = []
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const restore = restored.find((one) => isGivenUp(one, line.value))
      if (restore !== undefined) restore.checkpoints++
      else page.push(line.value)
      if (page.length === PAGE) break
    }
    return page
  })
}

async function takeUpTo(file: LookAhead<Checkpoint>, ordinal: number): Promise<Checkpoint[]> {
  const taken: Checkpoint[] = []
  for (;;) {
    await file.fill(1)
    const line = file.at(0)
    if (line === undefined || line.ordinal > ordinal) return taken
    taken.push(line)
    file.drop(1)
  }
}
