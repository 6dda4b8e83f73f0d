import type { ClientBase } from 'pg'
import type { AnyEvent } from '../../domain/any-event.js'
import type { Opened } from '../../domain/event.js'
import type { TableName } from '../engine/projection.js'

export type EventType = AnyEvent['type']

/** An event of one of these types, and where it stands. */
export type Placed<Type extends EventType> = PlacedEvent<Extract<Opened<AnyEvent>, { type: Type }>>

interface PlacedEvent<Event> {
  event: Event
  stream: string
  /** The id that the stream's name ends with: the chat's, for events of its streams. */
  chatId: string
  /** Of the event, in its stream. */
  version: number
  /** The time that is shown: the original one of what was imported. */
  at: string
  recordedAt: string
}

/**
 * Events of these types come in great numbers, above all from an import. Those that follow each other, in any mixture, are applied
 * together.
 */
export const bulkTypes = [
  'UserRegistered',
  'MessageSent',
  'ParticipantJoined',
  'ParticipantAdded',
  'ParticipantLeft',
  'ParticipantRemoved',
] as const satisfies readonly EventType[]

export type BulkType = (typeof bulkTypes)[number]
export type BulkEvent = Placed<BulkType>

export const isSent = (placed: Placed<EventType>): placed is Placed<'MessageSent'> =>
  placed.event.type === 'MessageSent'

export const messagesIn = (events: readonly BulkEvent[]): Placed<'MessageSent'>[] => events.filter(isSent)

export const newUsersIn = (events: readonly BulkEvent[]): Placed<'UserRegistered'>[] =>
  events.filter((placed): placed is Placed<'UserRegistered'> => placed.event.type === 'UserRegistered')

/** What rows are written with: the transaction that moves the checkpoint, and the names of this generation's tables. */
export interface ApplyContext {
  tx: ClientBase
  table: TableName
  /** Set while a rebuild fills the tables: see `Projection.filling`. */
  isFilling?: boolean
}

/** Handlers of single events, by type. */
export type ApplyByType = {
  readonly [Type in Exclude<EventType, BulkType>]?: (placed: Placed<Type>, context: ApplyContext) => Promise<void>
}

/** One subject of the read model: its tables, and how events change them. What can be asked of it stands in the same folder. */
export interface Part {
  tables: readonly string[]
  /** The statements that make its tables, empty. */
  schema(table: TableName): string
  apply?: ApplyByType
  /** Called with one event or more; each is of a bulk type. It sends its statements before it waits for any, so that those of all parts keep their order. */
  applyBulk?(events: readonly BulkEvent[], context: ApplyContext): Promise<void>
}
