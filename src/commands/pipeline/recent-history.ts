import type { EventShape, PublicEvent } from '../../domain/event.js'
import type { Position } from '../../eventstore/event-log.js'
import type { EntityEvent } from './entity.js'
import { RecentCommands, type RecentCommand } from './recent-commands.js'
import { RecentEntityEvents } from './recent-entity-events.js'

/** What is remembered of one event. */
export interface HistoryEntry {
  event: PublicEvent<EventShape>
  version: number
  at: string
  commandId: string
  fingerprint: string | null
}

/**
 * What a stream's latest events say of commands and entities, for what the decision index has not reached. Complete for every event after
 * the position `after`; dropping old entries to stay bounded moves that position up.
 */
export class RecentHistory {
  readonly #commands: RecentCommands
  readonly #entityEvents: RecentEntityEvents
  #after: Position

  constructor(
    after: Position,
    private readonly comparePositions: (a: Position, b: Position) => number,
    private readonly entityIdOf: (event: PublicEvent<EventShape>) => string | null,
  ) {
    this.#after = after
    this.#commands = new RecentCommands(comparePositions)
    this.#entityEvents = new RecentEntityEvents(comparePositions)
  }

  get size(): number {
    return this.#commands.size + this.#entityEvents.size
  }

  findCommand(commandId: string): RecentCommand | undefined {
    return this.#commands.find(commandId)
  }

  eventsOf(entityId: string): readonly EntityEvent<EventShape>[] {
    return this.#entityEvents.eventsOf(entityId)
  }

  /** Called in the order of the stream. */
  add({ event, version, at, commandId, fingerprint }: HistoryEntry, position: Position): void {
    this.#moveAfter(this.#commands.add(commandId, { version, fingerprint, position }))
    const entityId = this.entityIdOf(event)
    if (entityId !== null) this.#moveAfter(this.#entityEvents.add(entityId, { event, version, at }, position))
  }

  /** Whether it is complete for every event after `position`. */
  reachesBackTo(position: Position): boolean {
    return this.comparePositions(position, this.#after) >= 0
  }

  /** Drops what the decision index knows by now. */
  forgetUpTo(position: Position): void {
    if (this.comparePositions(position, this.#after) <= 0) return
    this.#commands.forgetUpTo(position)
    this.#entityEvents.forgetUpTo(position)
    this.#after = position
  }

  #moveAfter(position: Position | null): void {
    if (position !== null && this.comparePositions(position, this.#after) > 0) this.#after = position
  }
}
