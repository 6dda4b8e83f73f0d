import type { Pool } from 'pg'
import type { EventLog, RecordedEvent } from '../../eventstore/event-log.js'
import { FIRST_HASH } from '../chain/chain-entry.js'
import { readChainHead } from '../chain/chain-head.js'
import type { ChainRow } from '../chain/chain-rows.js'
import { entriesAfter } from '../chain/entry-table.js'
import type { Heads } from '../checkpoints/checkpoint.js'
import { addLeaf, headOf, type Subtree } from '../merkle/subtrees.js'
import { nodesBetween } from '../merkle/tree-table.js'
import { compareNodes } from './compare-nodes.js'
import { findDivergence, type Divergence, type DivergenceReason } from './divergence.js'
import { createLookAhead, type LookAhead } from './look-ahead.js'
import { readStart, type Start } from './read-start.js'
import { readRestores, type Restore } from './restores.js'
import { createSignedHeads, type RestoredCheckpoints, type SignedHeadsDeps } from './signed-heads.js'

export interface VerifyDeps extends SignedHeadsDeps {
  /** Null: the tables alone. */
  log: Pick<EventLog, 'start' | 'readAll' | 'comparePositions'> | null
  isAuthentic(event: RecordedEvent): boolean
  /** Snapshots of streams that are not what the log makes of them. */
  alteredSnapshots(signal: AbortSignal): Promise<readonly { stream: string; version: number }[]>
}

export interface VerifyOptions {
  onProgress(done: number, total: number): void
  /** Ends it early, with what was found so far. */
  signal: AbortSignal
}

export interface Verification {
  /** Entries found right. */
  done: number
  /** Entries that the chain had at the start. */
  total: number
  ok: boolean
  /** The chain as it was computed, up to the last entry that is right. */
  head: Omit<Heads, 'at'>
  /** The last entry that a right checkpoint covers. */
  signedUpTo: number
  /** The last entry that something outside of the databases covers. */
  anchoredUpTo: number
  /** Each restore from a backup, and the anchored checkpoints of entries that it gave up. */
  restored: readonly RestoredCheckpoints[]
  firstDivergence: Divergence | null
}

/** A page takes some ten milliseconds of the main thread, which may serve requests beside it. */
const PAGE = 500
const READ = 2_000

/** Recomputes the chain from its table, and compares it with the log, up to the head that the chain has at the start. Nothing is skipped. */
export async function verifyChain(deps: VerifyDeps, { onProgress, signal }: VerifyOptions): Promise<Verification> {
  const start = await readStart(deps.pool)
  const { total } = start
  onProgress(0, total)
  const altered = deps.log === null ? [] : await deps.alteredSnapshots(signal)
  const restores = await readRestores(deps.pool)
  const run = createRun(deps, restores, new Map(altered.map(({ stream, version }) => [stream, version])))
  while (run.done < total && run.divergence === null && !signal.aborted) {
    await run.page(Math.min(PAGE, total - run.done))
    onProgress(run.done, total)
  }
  if (run.done === total && run.divergence === null) await run.end(start)
  const { done, head, divergence, heads } = run
  return {
    done,
    total,
    ok: divergence === null && done === total,
    head,
    signedUpTo: heads.signedUpTo,
    anchoredUpTo: heads.anchoredUpTo,
    restored: heads.restored,
    firstDivergence: divergence,
  }
}

/** `alteredSnapshots`: their versions by stream. */
function createRun(deps: VerifyDeps, restores: readonly Restore[], alteredSnapshots: ReadonlyMap<string, number>) {
  const { pool, log, isAuthentic } = deps
  const entries = readEntries(pool)
  const events = log === null ? null : readEvents(log)
  const heads = createSignedHeads(deps, restores)
  const peaks: Subtree[] = []
  let previous = FIRST_HASH
  let done = 0
  let divergence: Divergence | null = null

  /** True where the next entry is right; the nodes that it completes are added to `nodes`. */
  function take(nodes: Subtree[]): boolean {
    const ordinal = done + 1
    const row = entries.at(0)
    const atLog = events && { event: events.at(0), nextEvent: events.at(1) }
    const place = { ordinal, previous, row, nextRow: entries.at(1), events: atLog, isAuthentic }
    const reason = findDivergence(place)
    if (row === undefined || reason !== null) return diverge(ordinal, reason ?? 'entry-removed')
    entries.drop(1)
    events?.drop(1)
    nodes.push(...addLeaf(peaks, { lastLeaf: ordinal, level: 0, hash: row.hash }))
    previous = row.hash
    done = ordinal
    if (alteredSnapshots.get(row.stream) === row.version) return diverge(ordinal, 'snapshot-altered')
    const signed = heads.check(head())
    return signed === null || diverge(ordinal, signed)
  }

  function diverge(ordinal: number, reason: DivergenceReason): false {
    divergence = { ordinal, reason }
    return false
  }

  /** The tree head is only computed where it is wanted. */
  const head = () => ({
    ordinal: done,
    hash: previous,
    get treeHead() {
      return headOf(peaks)
    },
  })

  async function page(count: number): Promise<void> {
    const first = done
    await Promise.all([entries.fill(count + 1), events?.fill(count + 1), heads.load(first, first + count)])
    const nodes: Subtree[] = []
    while (done < first + count && take(nodes)) continue
    const altered = compareNodes(nodes, await nodesBetween(pool, first, done))
    if (altered !== null) diverge(altered, 'tree-altered')
  }

  /** What was signed, stored outside or entered beyond the last entry was removed. */
  async function end({ total, signed, position }: Start): Promise<void> {
    await events?.fill(1)
    const next = events?.at(0)
    const isEntered =
      next !== undefined && position !== null && log !== null && log.comparePositions(next.position, position) <= 0
    const isAnchored = async (): Promise<boolean> => heads.isAnchoredBeyond((await readChainHead(pool)).ordinal)
    if (isEntered || signed > total || (await isAnchored())) diverge(total + 1, 'entry-removed')
  }

  return {
    get done() {
      return done
    },
    get divergence() {
      return divergence
    },
    get head() {
      return { ...head() }
    },
    heads,
    page,
    end,
  }
}

function readEntries(pool: Pool): LookAhead<ChainRow> {
  let last = 0
  return createLookAhead(async () => {
    const page = await entriesAfter(pool, last, READ)
    last = page.at(-1)?.ordinal ?? last
    return page
  })
}

function readEvents(log: Pick<EventLog, 'start' | 'readAll'>): LookAhead<RecordedEvent> {
  let after = log.start
  return createLookAhead(async () => {
    const { events, position } = await log.readAll(after, READ)
    after = position
    return events
  })
}
