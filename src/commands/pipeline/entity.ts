import type { EventShape, PublicEvent } from '../../domain/event.js'

/** Which entity of a stream a command is about, and who sent the command: null for the system. */
export interface EntityQuestion {
  entityId: string
  userId: string | null
}

/** An event about an entity. */
export interface EntityEvent<Event extends EventShape> {
  event: PublicEvent<Event>
  version: number
  /** Recorded time; null for an event that is decided but not appended yet. */
  at: string | null
}

/**
 * The rules of a stream kind whose commands may be about one entity of the stream. What is known of the entity, its fact, comes from the
 * decision index and is carried on by the stream's latest events.
 */
export interface EntityRules<Command, Event extends EventShape, Fact> {
  /** The entity that an event is about. */
  entityIdOf(event: PublicEvent<Event>): string | null
  /** The entity that a command is about. */
  questionOf(command: Command): EntityQuestion | null
  /** Applies an event to a fact; an event that the fact already includes changes nothing. */
  evolveFact(fact: Fact, entityEvent: EntityEvent<Event>, userId: string | null): Fact
  withFact(command: Command, fact: Fact): Command
}
