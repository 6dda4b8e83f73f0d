import { singleFlight } from '../../async/single-flight.js'
import type { EventShape, PublicEvent } from '../../domain/event.js'
import type { Position, RecordedEvent } from '../../eventstore/event-log.js'
import { BadMacError } from '../../privacy/bad-mac-error.js'
import type { EntityQuestion } from './entity.js'
import { readBackTo } from './read-back.js'
import type { RecentCommand } from './recent-commands.js'
import { RecentHistory, type HistoryEntry } from './recent-history.js'
import type { AppendedEvent } from './seal-batch.js'
import type { StreamDeps } from './stream-deps.js'
import type { AnyStreamKind } from './stream-kind.js'
import { StreamSnapshots } from './stream-snapshots.js'

const PAGE = 1_000
/** Size of the first page of a stream of unknown length: most are no longer, and a longer one may have a snapshot. */
const FIRST_PAGE = 200

/**
 * One stream as this process knows it: its state at `version`, and the recent history behind it. It advances by this process's own appends,
 * by followed events and by `refresh`, never backwards; all of them may happen at once.
 */
export class FoldedStream {
  #state: unknown
  #version = 0
  #position: Position
  #lastAt = ''
  #history: RecentHistory
  readonly #snapshots: StreamSnapshots

  /** Reads what is new. Calls share a read, but never one that began before the call. */
  readonly refresh = singleFlight(() => this.#readNew())

  constructor(
    readonly stream: string,
    readonly kind: AnyStreamKind,
    private readonly deps: StreamDeps,
  ) {
    this.#state = kind.decider.initial
    this.#position = deps.log.start
    this.#history = this.#emptyHistory(deps.log.start)
    this.#snapshots = new StreamSnapshots(stream, kind.snapshot, deps)
  }

  get state(): unknown {
    return this.#state
  }

  get version(): number {
    return this.#version
  }

  /** Of the last event; the log's start before the first. */
  get position(): Position {
    return this.#position
  }

  /** Recorded time of the last event; empty before the first. */
  get lastAt(): string {
    return this.#lastAt
  }

  /** Size in the cache, in entries. */
  get weight(): number {
    return this.kind.weigh(this.#state) + this.#history.size
  }

  /** Takes the events that this process has just appended at `position`. */
  advance(appended: readonly AppendedEvent[], position: Position): void {
    for (const { publicEvent: event, version, at, commandId, fingerprint } of appended)
      if (version > this.#version) this.#apply({ event, version, at, commandId, fingerprint }, position)
    this.#snapshots.saveIfDue(this)
  }

  /** Takes a followed event, if it is the next one. */
  observe(recorded: RecordedEvent): void {
    if (recorded.version === this.#version + 1) this.#read(recorded)
  }

  findCommand(commandId: string): RecentCommand | undefined {
    return this.#history.findCommand(commandId)
  }

  /** A fact from the decision index, carried on by the recent history. */
  factAfter(indexed: unknown, { entityId, userId }: EntityQuestion): unknown {
    const { entities } = this.kind
    return this.#history
      .eventsOf(entityId)
      .reduce((fact, entityEvent) => entities?.evolveFact(fact, entityEvent, userId), indexed)
  }

  /**
   * Makes the recent history complete for every event after `checkpoint`.
   * @throws CommandFault `projection-behind` when that would take more than 10,000 events
   */
  async extendHistoryBackTo(checkpoint: Position): Promise<void> {
    if (this.#history.reachesBackTo(checkpoint)) {
      this.#history.forgetUpTo(checkpoint)
      return
    }
    const newer = await readBackTo(checkpoint, this.stream, this.#version, this.deps)
    this.#history = this.#emptyHistory(checkpoint)
    for (const recorded of newer) {
      const entry = this.#decodeOrFault(recorded)
      if (entry instanceof BadMacError) await this.#checkSkipped(recorded, entry)
      else this.#history.add(entry, recorded.position)
    }
  }

  async #readNew(): Promise<void> {
    const { log, limitReads } = this.deps
    for (;;) {
      const after = this.#version
      const limit = after === 0 ? FIRST_PAGE : PAGE
      const page = await limitReads(() => log.readStream(this.stream, { after, limit }))
      for (const recorded of page) await this.#readOrSkip(recorded)
      if (page.length < limit) break
      if (limit === FIRST_PAGE) await this.#skipToSnapshot()
    }
    this.#snapshots.saveIfDue(this)
  }

  async #skipToSnapshot(): Promise<void> {
    const snapshot = await this.#snapshots.load(this.#version)
    if (snapshot === null || snapshot.version <= this.#version) return
    this.#state = snapshot.state
    this.#version = snapshot.version
    this.#position = snapshot.position
    this.#lastAt = snapshot.lastAt
    this.#history = this.#emptyHistory(snapshot.position)
  }

  /** An altered event that an operator had commands skip changes no state. @throws BadMacError for any other altered one */
  async #readOrSkip(recorded: RecordedEvent): Promise<void> {
    const { version, position } = recorded
    if (version <= this.#version) return
    const entry = this.#decodeOrFault(recorded)
    if (!(entry instanceof BadMacError)) {
      this.#apply(entry, position)
      return
    }
    await this.#checkSkipped(recorded, entry)
    if (version <= this.#version) return
    this.#version = version
    this.#position = position
  }

  async #checkSkipped(recorded: RecordedEvent, fault: BadMacError): Promise<void> {
    if ((await this.deps.isSkipped?.(recorded)) !== true) throw fault
  }

  #decodeOrFault(recorded: RecordedEvent): HistoryEntry | BadMacError {
    try {
      return this.#decode(recorded)
    } catch (error) {
      if (error instanceof BadMacError) return error
      throw error
    }
  }

  #read(recorded: RecordedEvent): void {
    if (recorded.version > this.#version) this.#apply(this.#decode(recorded), recorded.position)
  }

  #apply(entry: HistoryEntry, position: Position): void {
    this.#state = this.kind.decider.evolve(this.#state, entry.event)
    this.#version = entry.version
    this.#position = position
    this.#lastAt = entry.at
    this.#history.add(entry, position)
  }

  #decode(recorded: RecordedEvent): HistoryEntry {
    const { event, metadata } = this.deps.decode(recorded)
    const { at, commandId, fingerprint = null } = metadata
    return { event, version: recorded.version, at, commandId, fingerprint }
  }

  #emptyHistory(after: Position): RecentHistory {
    const entityIdOf = (event: PublicEvent<EventShape>) => this.kind.entities?.entityIdOf(event) ?? null
    return new RecentHistory(after, this.deps.log.comparePositions, entityIdOf)
  }
}
