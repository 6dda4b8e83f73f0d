import { UnavailableError } from '../async/unavailable-error.js'

/**
 * The port to the event log. It carries text and knows no domain: what an event means is its readers' matter.
 * Every adapter keeps the promises that `test/contract/event-log-contract.ts` lists as test titles.
 */

/** A place in the whole log: the log's id, a dot, and what the adapter orders by. Opaque to everyone but the adapter. */
export type Position = string

/** What is appended. `data` and `metadata` are each the text of one `JSON.stringify`, valid Unicode without U+0000. */
export interface NewEvent {
  /** A UUID, random, made once per append call; used again only to repeat that very call. */
  id: string
  type: string
  data: string
  metadata: string
}

export interface RecordedEvent extends NewEvent {
  stream: string
  /** Place in its stream, from 1, without gaps. */
  version: number
  position: Position
}

export interface AppendResult {
  /** Version and position of the last event of this append. */
  version: number
  position: Position
}

export interface ReadStreamOptions {
  /** Exclusive start: forwards the events above it (0: from the first), backwards those below it (absent: from the last). */
  after?: number
  /** Forwards by default. */
  backwards?: boolean
  /** At most this many events. */
  limit: number
}

export interface Page {
  events: RecordedEvent[]
  /** The last position examined, whether or not it matched; exclusive start of what follows. */
  position: Position
}

export interface FollowOptions {
  /** Only events of streams whose name begins with one of these; all events when absent. */
  streamPrefixes?: readonly string[]
  /** Ends the iteration, without an error. */
  signal: AbortSignal
}

export interface EventLog extends AsyncDisposable {
  /** Which store this is, as `/readyz` names it. */
  readonly kind: 'postgres' | 'eventstoredb'
  /** The log's own id, with which each of its positions begins. */
  readonly id: string
  /** The position before the first event. */
  readonly start: Position

  /**
   * Appends all of `events` (at least one) to one stream, or nothing. `expectedVersion` is the stream's last version, 0 for a
   * stream that is not there. The same call repeated — same stream, expectation and event ids — answers as the first did.
   * @throws WrongExpectedVersionError the stream is at another version; nothing was appended by this call
   * @throws UnknownOutcomeError it may have been appended: repeat the very call
   * @throws InvalidEventError the text is not what an event may hold
   */
  append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<AppendResult>

  /**
   * The stream's events in order; none for a stream that is not there. This and all other reads:
   * @throws UnavailableError the store does not answer
   */
  readStream(stream: string, options: ReadStreamOptions): Promise<RecordedEvent[]>

  /**
   * One page of the whole log above `after`, at most `limit` events; `position` is `after` itself when there are none.
   * @throws UnknownPositionError `after` is from another log, or no position at all
   */
  readAll(after: Position, limit: number): Promise<Page>

  /**
   * The log after `after`, without end: each page as it arrives, including pages of which no event matched. Never skips an event that
   * commits late, never gives one twice; reconnects by itself.
   * @throws UnknownPositionError as `readAll`
   */
  follow(after: Position, options: FollowOptions): AsyncIterable<Page>

  /** The position of the log's last event. */
  head(): Promise<Position>

  /**
   * Negative, zero or positive, as `a` is before, at or after `b`.
   * @throws UnknownPositionError one of them is not of this log
   */
  comparePositions(a: Position, b: Position): number

  /** How many events lie after `from` up to `to`; an estimate where the store's positions are no count. */
  countBetween(from: Position, to: Position): number
}

/** The store does not answer: the same read may succeed later. */
export class LogUnavailableError extends UnavailableError {
  override readonly name = 'LogUnavailableError'
}

export class WrongExpectedVersionError extends Error {
  override readonly name = 'WrongExpectedVersionError'
  constructor(
    readonly stream: string,
    readonly expectedVersion: number,
    readonly actualVersion: number,
  ) {
    super(`${stream} is at version ${actualVersion}, not ${expectedVersion}`)
  }
}

export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError'
}

export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError'
}

export class UnknownPositionError extends Error {
  override readonly name = 'UnknownPositionError'
  constructor(readonly position: string) {
    super(`"${position.slice(0, 80)}" is not a position of this log`)
  }
}
