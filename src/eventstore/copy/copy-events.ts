import type { EventLog, Position, RecordedEvent } from '../event-log.js'
import type { CopyTarget } from './copy-target.js'

export interface CopyOptions {
  source: Pick<EventLog, 'start' | 'readAll'>
  target: Omit<CopyTarget, 'log'> & { log: Pick<EventLog, 'start' | 'readAll'> }
  /** Called for each event that is in both, with its place in each, in order. */
  onPair?(ordinal: number, original: RecordedEvent, copy: RecordedEvent): void
  /** Called after each page; `added` is how many this run has added. */
  onProgress?(verified: number, added: number): void
  signal: AbortSignal
}

export interface CopyResult {
  /** How many events are the same in both. */
  verified: number
  /** How many of them this run has added. */
  added: number
  /** What the target has beyond the end of the source: at most a page. */
  surplus: RecordedEvent[]
}

/** The target has another event than the source. */
export class LogsDifferError extends Error {
  override readonly name = 'LogsDifferError'
  constructor(readonly ordinal: number) {
    super(`event ${ordinal} of the target is not event ${ordinal} of the source`)
  }
}

/** Events in memory at once, of each log. */
const PAGE = 500

/**
 * Makes the target the same as the source, from wherever an earlier run ended. Each event is read back from the target and compared, those
 * of this run and of earlier ones: so when it returns, all are verified.
 * @throws LogsDifferError
 */
export async function copyEvents(options: CopyOptions): Promise<CopyResult> {
  const { source, target, onPair, onProgress, signal } = options
  const result: CopyResult = { verified: 0, added: 0, surplus: [] }
  let [original, copied]: [Position, Position] = [source.start, target.log.start]
  while (!signal.aborted) {
    const { events: originals } = await source.readAll(original, PAGE)
    const { events: copies } = await target.log.readAll(copied, PAGE)
    const common = Math.min(originals.length, copies.length)
    for (const [index, from] of originals.slice(0, common).entries()) {
      const to = copies[index]
      const ordinal = result.verified + 1
      if (to === undefined || !isSameEvent(from, to)) throw new LogsDifferError(ordinal)
      onPair?.(ordinal, from, to)
      result.verified = ordinal
      original = from.position
      copied = to.position
    }
    onProgress?.(result.verified, result.added)
    if (common > 0) continue
    if (originals.length === 0) return { ...result, surplus: copies }
    await target.add(originals)
    result.added += originals.length
  }
  return result
}

const isSameEvent = (one: RecordedEvent, other: RecordedEvent): boolean =>
  one.stream === other.stream &&
  one.version === other.version &&
  one.id === other.id &&
  one.type === other.type &&
  one.data === other.data &&
  one.metadata === other.metadata
