import type { AnyEvent } from '../domain/any-event.js'
import type { Opened } from '../domain/event.js'
import type { Fields } from '../privacy/field-plan.js'
import { personalFields, type Personal } from '../privacy/personal-fields.js'
import { publicFields } from '../privacy/field-plan.js'
import type { OpenedEvent } from '../privacy/event-reader.js'
import { describeEvent } from '../projections/audit-trail/describe-event.js'

/** Whether the user did it, or it was done to them. */
export function concerns({ event, metadata, stream }: OpenedEvent, userId: string): boolean {
  const { userId: by, targetUserId, subjects } = describeEvent(event, metadata.actor, stream)
  return by === userId || targetUserId === userId || subjects.some(({ id }) => id === userId)
}

/** The public fields, and of the personal ones those that the user supplied; lists of users hold only this one. */
export function ownPart(event: Opened<AnyEvent>, userId: string): Fields {
  const open = publicFields(event)
  const fields = event as Fields
  const own = Object.entries<'public' | Personal>(personalFields[event.type]).filter(
    ([field, kind]) => kind !== 'public' && fields[kind.user] === userId && fields[field] !== undefined,
  )
  return {
    ...Object.fromEntries(Object.entries(open).map(([field, value]) => [field, withoutOthers(value, userId)])),
    ...Object.fromEntries(own.map(([field]) => [field, fields[field]])),
  }
}

function withoutOthers(value: unknown, userId: string): unknown {
  if (!Array.isArray(value)) return value
  return value.filter((item: unknown) => !isOfAnother(item, userId))
}

const isOfAnother = (item: unknown, userId: string): boolean =>
  typeof item === 'object' && item !== null && 'userId' in item && item.userId !== userId
