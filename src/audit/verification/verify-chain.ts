import type { Pool } from 'pg'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import { inSnapshot } from '../../postgres/transaction.js'
import { readChainHead } from '../chain/chain-head.js'
import { entriesAfter } from '../chain/entry-table.js'
import { FIRST_HASH } from '../chain/chain-entry.js'
import type { ChainRow } from '../chain/chain-rows.js'
import { chainCheckpoint } from '../chain/chain-checkpoint.js'
import { checkpointsAfter } from '../checkpoints/checkpoint-table.js'
import type { SigningKeys } from '../checkpoints/signing-keys.js'
import { addLeaf, headOf, type Subtree } from '../merkle/subtrees.js'
import { nodesBetween } from '../merkle/tree-table.js'
import { compareNodes, checkCheckpoint } from './check-heads.js'
import { findDivergence, type Divergence } from './divergence.js'
import { createLookAhead, type LookAhead } from './look-ahead.js'

export interface VerifyDeps {
  pool: Pool
  /** Null: the tables alone. */
  log: Pick<EventLog, 'start' | 'readAll' | 'comparePositions'> | null
  keys: SigningKeys
  isAuthentic(event: RecordedEvent): boolean
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
  head: { ordinal: number; hash: string; treeHead: string }
  /** The last entry that a right checkpoint covers. */
  signedUpTo: number
  firstDivergence: Divergence | null
}

const PAGE = 2_000

/** Recomputes the chain from its table, and compares it with the log, up to the head that the chain has at the start. Nothing is skipped. */
export async function verifyChain(deps: VerifyDeps, { onProgress, signal }: VerifyOptions): Promise<Verification> {
  const { pool, log } = deps
  const { total, position } = await inSnapshot(pool, async (tx) => ({
    total: (await readChainHead(tx)).ordinal,
    position: await chainCheckpoint(tx),
  }))
  const run = createRun(deps, total)
  onProgress(0, total)
  while (run.done < total && run.divergence === null && !signal.aborted) {
    await run.page(Math.min(PAGE, total - run.done))
    onProgress(run.done, total)
  }
  if (run.done === total && run.divergence === null) await run.end(log === null ? null : position)
  return run.result()
}

function createRun({ pool, log, keys, isAuthentic }: VerifyDeps, total: number) {
  const entries = readEntries(pool)
  const events = log === null ? null : readEvents(log)
  const peaks: Subtree[] = []
  let previous = FIRST_HASH
  let done = 0
  let signedUpTo = 0
  let divergence: Divergence | null = null

  /** True where this entry is right; the nodes that it completes are added to `nodes`. */
  function take(nodes: Subtree[]): boolean {
    const ordinal = done + 1
    const [row, nextRow] = [entries.at(0), entries.at(1)]
    const atLog = events && { event: events.at(0), nextEvent: events.at(1) }
    const reason = findDivergence({ ordinal, previous, row, nextRow, events: atLog, isAuthentic })
    if (reason !== null) divergence = { ordinal, reason }
    if (reason !== null || row === undefined) return false
    entries.drop(1)
    events?.drop(1)
    nodes.push(...addLeaf(peaks, { lastLeaf: ordinal, level: 0, hash: row.hash }))
    previous = row.hash
    done = ordinal
    return true
  }

  async function page(count: number): Promise<void> {
    const first = done
    await Promise.all([entries.fill(count + 1), events?.fill(count + 1)])
    const checkpoints = new Map(
      (await checkpointsAfter(pool, first, count)).map((checkpoint) => [checkpoint.ordinal, checkpoint]),
    )
    const nodes: Subtree[] = []
    for (let taken = 0; taken < count && take(nodes); taken++) {
      const checkpoint = checkpoints.get(done)
      if (checkpoint === undefined) continue
      const reason = checkCheckpoint(checkpoint, { hash: previous, treeHead: headOf(peaks) }, keys)
      if (reason === null) signedUpTo = done
      else {
        divergence = { ordinal: done, reason }
        break
      }
    }
    const altered = compareNodes(nodes, await nodesBetween(pool, first, done))
    if (altered !== null) divergence = { ordinal: altered, reason: 'tree-altered' }
  }

  /** What was signed, or entered, beyond the last entry of the table was removed from it. `position`: up to where the log was entered. */
  async function end(position: Position | null): Promise<void> {
    await events?.fill(1)
    const next = events?.at(0)
    const isEntered =
      next !== undefined && position !== null && log !== null && log.comparePositions(next.position, position) <= 0
    const [beyond] = await checkpointsAfter(pool, total, 1)
    if (isEntered || beyond !== undefined) divergence = { ordinal: total + 1, reason: 'entry-removed' }
  }

  return {
    get done() {
      return done
    },
    get divergence() {
      return divergence
    },
    page,
    end,
    result: (): Verification => ({
      done,
      total,
      ok: divergence === null && done === total,
      head: { ordinal: done, hash: previous, treeHead: headOf(peaks) },
      signedUpTo,
      firstDivergence: divergence,
    }),
  }
}

function readEntries(pool: Pool): LookAhead<ChainRow> {
  let last = 0
  return createLookAhead(async () => {
    const page = await entriesAfter(pool, last, PAGE)
    last = page.at(-1)?.ordinal ?? last
    return page
  })
}

function readEvents(log: Pick<EventLog, 'start' | 'readAll'>): LookAhead<RecordedEvent> {
  let after = log.start
  return createLookAhead(async () => {
    const { events, position } = await log.readAll(after, PAGE)
    after = position
    return events
  })
}
