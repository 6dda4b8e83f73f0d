import type { AnyEvent } from '../domain/any-event.js'
import type { PublicEvent } from '../domain/event.js'
import type { RecordedEvent } from '../eventstore/event-log.js'
import { userKey } from './key-names.js'

/** By the type alone: such an event says that keys were destroyed before it was appended. */
export const tellsOfDestroyedKey = ({ type }: Pick<RecordedEvent, 'type'>): boolean => type === 'UserErased'

/** The names of the keys of which the event says that they are destroyed. */
export const destroyedKeys = (event: PublicEvent<AnyEvent>): readonly string[] =>
  event.type === 'UserErased' ? [userKey(event.userId)] : NONE

const NONE: readonly string[] = []
