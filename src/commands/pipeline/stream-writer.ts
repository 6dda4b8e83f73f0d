import {
  UnknownOutcomeError,
  WrongExpectedVersionError,
  type EventLog,
  type Position,
} from '../../eventstore/event-log.js'
import { decideBatch, type DecidedCommand } from './decide-batch.js'
import type { FoldedStream } from './folded-stream.js'
import { mergeEvents } from './merge-events.js'
import type { PendingCommand } from './pending-command.js'
import { resultOf } from './result-of.js'
import type { AppendedEvent, CommandToSeal, Seal, SealedBatch } from './seal-batch.js'

export interface WriterDeps {
  log: EventLog
  seal: Seal
  /** Waits before an append of unknown outcome is repeated. */
  pause(attempt: number): Promise<void>
  /** Called after each append that succeeded, with the commands whose events it holds. */
  onAppended(events: number, seconds: number, commands: readonly Pick<PendingCommand, 'context'>[]): void
  /** Aborts when the process stops. */
  stopping: AbortSignal
}

/**
 * The one writer of a stream in this process. Commands wait in the order of their arrival; all that wait form a batch, are decided one after
 * another on the folded state, and appended together. Its rules:
 *
 * - At most one append is in flight. No success and no refusal leaves before its outcome is known.
 * - An append that succeeds proves that the state was current, and with it every refusal decided in the same batch. A batch that appends
 *   nothing first reads what is new, and decides again if there was anything.
 * - A conflict reads what is new and decides again; commands found there are repeats.
 * - An unknown outcome repeats the very call, as long as it takes, while deadlines answer those who wait; when the process stops, only until
 *   all of them are answered.
 */
export class StreamWriter {
  #waiting: PendingCommand[] = []

  constructor(
    private readonly folded: FoldedStream,
    private readonly deps: WriterDeps,
  ) {}

  /** Adds a command; the caller runs the writer. */
  add(pending: PendingCommand): void {
    this.#waiting.push(pending)
  }

  /** Handles all that wait, and what arrives meanwhile; never throws. `onIdle` is called in the same tick as the last look. */
  async run(onIdle: () => void): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#handle(batch)
      } catch (error) {
        for (const pending of batch) pending.fail(error as Error)
      }
    }
    onIdle()
  }

  async #handle(batch: readonly PendingCommand[]): Promise<void> {
    const { folded } = this
    let isFresh = folded.version === 0
    if (isFresh) await folded.refresh()
    for (;;) {
      const decided = await this.#decide(batch.filter(({ settled }) => !settled))
      if (decided.some(({ decision }) => decision.kind === 'events')) {
        if (await this.#append(decided)) return
        isFresh = true
        continue
      }
      if (isFresh || !decided.some(needsFreshState)) {
        this.#settle(decided, [])
        return
      }
      const before = folded.version
      await folded.refresh()
      isFresh = folded.version === before
    }
  }

  async #decide(batch: readonly PendingCommand[]): Promise<readonly DecidedCommand[]> {
    const checkpoints = batch.flatMap(({ indexedUpTo }) => indexedUpTo ?? [])
    const earliest = checkpoints.sort(this.deps.log.comparePositions)[0]
    if (earliest !== undefined) await this.folded.extendHistoryBackTo(earliest)
    return mergeEvents(decideBatch(batch, this.folded), this.folded.kind.merge)
  }

  /** True once every command is settled or waits again; false when all must be decided again. */
  async #append(decided: readonly DecidedCommand[]): Promise<boolean> {
    const { stream, version: expected, lastAt } = this.folded // others may advance it while this seals
    const sealed = await this.deps.seal(stream, { version: expected, lastAt }, decided.flatMap(toSeal))
    for (const { pending, error } of sealed.failed) pending.fail(error)
    for (const { pending, rejection } of sealed.rejected) pending.settle({ kind: 'rejected', rejection })
    if (sealed.failed.length > 0 || sealed.rejected.length > 0) return false

    const fits = new Set(sealed.commands)
    const cut = decided.findIndex(({ pending, decision }) => decision.kind === 'events' && !fits.has(pending))
    const sent = cut === -1 ? decided : decided.slice(0, cut)
    for (const pending of sealed.commands) pending.sent = true
    const position = await this.#send(expected, sealed)
    for (const pending of sealed.commands) pending.sent = false
    if (position === null) return false

    this.folded.advance(sealed.appended, position)
    this.#settle(sent, sealed.appended)
    this.#waiting = [...decided.slice(sent.length).map(({ pending }) => pending), ...this.#waiting]
    return true
  }

  /** The position of what was appended; null after a conflict, with what is new read. */
  async #send(expected: number, { events, commands }: SealedBatch): Promise<Position | null> {
    const { log, pause, onAppended, stopping } = this.deps
    const began = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        const { position } = await log.append(this.folded.stream, expected, events)
        onAppended(events.length, (performance.now() - began) / 1000, commands)
        return position
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) {
          await this.folded.refresh()
          return null
        }
        if (!(error instanceof UnknownOutcomeError)) throw error
        if (stopping.aborted && commands.every(({ settled }) => settled)) throw error
        await pause(attempt)
      }
    }
  }

  #settle(decided: readonly DecidedCommand[], appended: readonly AppendedEvent[]): void {
    for (const command of decided) command.pending.settle(resultOf(command, appended, this.folded.position))
  }
}

/** Nothing is appended for these that would show that the state is old: another node may have changed what they are decided by. */
const needsFreshState = ({ decision }: DecidedCommand): boolean =>
  decision.kind === 'rejected' || decision.kind === 'unchanged'

const toSeal = ({ pending, decision }: DecidedCommand): CommandToSeal[] =>
  decision.kind === 'events' ? [{ pending, events: decision.events }] : []
