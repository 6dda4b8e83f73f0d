import type { AnyEvent } from '../domain/any-event.js'
import type { PublicEvent } from '../domain/event.js'
import { idOf } from '../domain/streams.js'
import type { RecordedEvent } from '../eventstore/event-log.js'
import { chatMonthKey, userKey } from './key-names.js'

const TYPES: readonly string[] = ['UserErased', 'MessagesExpired'] satisfies AnyEvent['type'][]

/** By the type alone: such an event says that keys were destroyed before it was appended. */
export const tellsOfDestroyedKey = ({ type }: Pick<RecordedEvent, 'type'>): boolean => TYPES.includes(type)

/** The names of the keys of which the event says that they are destroyed. */
export function destroyedKeys(event: PublicEvent<AnyEvent>, stream: string): readonly string[] {
  if (event.type === 'UserErased') return [userKey(event.userId)]
  if (event.type === 'MessagesExpired') return event.months.map((month) => chatMonthKey(idOf(stream), month))
  return NONE
}

const NONE: readonly string[] = []
