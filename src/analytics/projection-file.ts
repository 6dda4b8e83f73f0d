import type { AnyEvent } from '../domain/any-event.js'

/** What an analyst's file `NAME.mjs` exports. Published as the types of `parley/projections`. */
export interface ProjectionFile {
  /** A whole number from 1. Raise it whenever the tables or the meaning of their rows change: they are then built again from the start. */
  version: number
  /** The types of the events that `apply` receives. */
  events: readonly EventType[]
  /** The SQL that creates its tables and their indexes, empty, with plain names. */
  tables: string
  /**
   * Applies events, in the order of the log, in one transaction that also moves the checkpoint. It has no effects but those of `sql`:
   * a batch whose transaction fails is applied again.
   */
  apply(events: ProjectionEvent[], sql: Sql): void | Promise<void>
}

export type EventType = AnyEvent['type']

interface EventPlace {
  /** UUID of the event. */
  id: string
  /** Such as `chat-<uuid>`, `user-<uuid>` or `inbox-<uuid>`. */
  stream: string
  /** Of the events of a chat, its id; null for all others. */
  chatId: string | null
  /** Place in its stream, from 1, without gaps. */
  version: number
  /** Place in the whole log, opaque. */
  position: string
  /** Recorded time, ISO-8601 UTC with milliseconds. Events of an import hold the original time in `data.originalAt`. */
  at: string
  /** Who did it; null for the system itself. */
  userId: string | null
}

/** Public fields always; personal ones only where PROJECTIONS_PERSONAL_FIELDS lists them, and null once they are erased. */
type DataOf<Event extends AnyEvent> = Event['public'] & {
  [Field in keyof Event['personal']]?: Event['personal'][Field] | null
}

type EventOf<Event extends AnyEvent> = Event extends AnyEvent
  ? EventPlace & { type: Event['type']; data: DataOf<Event> }
  : never

/** One event of these types, told apart by `type`. docs/events.md describes the fields of `data`. */
export type ProjectionEvent<Type extends EventType = EventType> = EventOf<Extract<AnyEvent, { type: Type }>>

/** Runs one statement and gives its rows. Values become parameters: sql`select * from totals where chat_id = ${chatId}`. */
export type Sql = (strings: TemplateStringsArray, ...values: unknown[]) => Promise<Record<string, unknown>[]>
