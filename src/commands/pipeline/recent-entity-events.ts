import type { EventShape } from '../../domain/event.js'
import type { Position } from '../../eventstore/event-log.js'
import type { EntityEvent } from './entity.js'

/** Events about the entities of one stream after a position: those that the decision index may not have reached. Bounded. */
export class RecentEntityEvents {
  readonly #byEntity = new Map<string, EntityEvent<EventShape>[]>()
  /** Of all events, in the order of the stream. */
  #entries: { entityId: string; position: Position }[] = []
  /** How many entries at the beginning are dropped already; they are cut off in bulk. */
  #dropped = 0

  constructor(
    private readonly comparePositions: (a: Position, b: Position) => number,
    private readonly max = 10_000,
  ) {}

  get size(): number {
    return this.#entries.length - this.#dropped
  }

  /** In the order of the stream. */
  eventsOf(entityId: string): readonly EntityEvent<EventShape>[] {
    return this.#byEntity.get(entityId) ?? []
  }

  /** Called in the order of the stream. Returns the position up to which an event was dropped to make room; null for none. */
  add(entityId: string, event: EntityEvent<EventShape>, position: Position): Position | null {
    const known = this.#byEntity.get(entityId)
    if (known === undefined) this.#byEntity.set(entityId, [event])
    else known.push(event)
    this.#entries.push({ entityId, position })
    return this.size > this.max ? this.#dropFirst() : null
  }

  forgetUpTo(position: Position): void {
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      if (this.comparePositions(first.position, position) > 0) return
      this.#dropFirst()
    }
  }

  #first() {
    return this.#entries[this.#dropped]
  }

  #dropFirst(): Position | null {
    const entry = this.#entries[this.#dropped++]
    if (entry === undefined) return null
    const rest = this.eventsOf(entry.entityId).slice(1)
    if (rest.length === 0) this.#byEntity.delete(entry.entityId)
    else this.#byEntity.set(entry.entityId, rest)
    if (this.#dropped > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#dropped)
      this.#dropped = 0
    }
    return entry.position
  }
}
