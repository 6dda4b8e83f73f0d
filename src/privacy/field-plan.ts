import type { AnyEvent } from '../domain/any-event.js'
import type { Decided, PublicEvent } from '../domain/event.js'
import { idOf } from '../domain/streams.js'
import { AUDIT_KEY, boxKeyName, chatMonthKey, monthOf, userKey, requestMonthKey } from './key-names.js'
import { personalFields, type Personal } from './personal-fields.js'

export type Fields = Readonly<Record<string, unknown>>

/** Any view of an event: the table says which fields to look for. */
export interface AnyView {
  type: AnyEvent['type']
}

interface FieldPlan {
  /** Top-level fields in the order they are written. */
  open: readonly string[]
  /** Those that one key seals, whoever sends the event. */
  personal: readonly PersonalFields[]
}

interface PersonalFields {
  personal: Personal
  fields: string[]
}

const plans = Object.fromEntries(
  Object.entries(personalFields).map(([type, fields]) => [type, planOf(Object.entries<'public' | Personal>(fields))]),
) as Record<AnyEvent['type'], FieldPlan>

function planOf(fields: [path: string, kind: 'public' | Personal][]): FieldPlan {
  const open = fields.flatMap(([path, kind]) => (kind === 'public' ? [path.replace(/\[\].*$/, '')] : []))
  const personal = new Map<string, PersonalFields>()
  for (const [path, kind] of fields) {
    if (kind === 'public') continue
    const name = `${kind.user} ${kind.under}`
    const together = personal.get(name) ?? { personal: kind, fields: [] }
    together.fields.push(path)
    personal.set(name, together)
  }
  return { open: [...new Set(open)], personal: [...personal.values()] }
}

/** What of an event anyone with the log may read. */
export function publicFields(event: AnyView): Fields {
  const fields: Record<string, unknown> = {}
  for (const field of plans[event.type].open) {
    const value = fieldOf(event, field)
    if (value !== undefined) fields[field] = value
  }
  return fields
}

/** An event's fields, apart by who may read them. */
export interface FieldsOfEvent {
  open: Fields
  /** By the name of the key that seals them. */
  personal: ReadonlyMap<string, Fields>
}

export const fieldsOf = (stream: string, event: AnyView, at: string): FieldsOfEvent => ({
  open: publicFields(event),
  personal: personalByKey(stream, event, at),
})

/** The event without its personal fields, as `evolve` sees it. */
export const publicEvent = (event: Decided<AnyEvent>, open = publicFields(event)): PublicEvent<AnyEvent> =>
  ({ type: event.type, ...open }) as PublicEvent<AnyEvent>

/** What of an event is personal, by the name of the key that seals it; `at` is the event's recorded time. */
export function personalByKey(stream: string, event: AnyView, at: string): ReadonlyMap<string, Fields> {
  const byKey = new Map<string, Record<string, unknown>>()
  for (const { personal, fields } of plans[event.type].personal) {
    const present = fields.filter((field) => fieldOf(event, field) !== undefined)
    if (present.length === 0) continue
    const key = keyNameFor(personal, stream, event, at)
    const values = byKey.get(key) ?? {}
    for (const field of present) values[field] = fieldOf(event, field)
    byKey.set(key, values)
  }
  return byKey
}

/** In place of a box whose key was destroyed: null for each field that may have been in it. */
export function erasedFields(key: string, stream: string, event: AnyView, at: string): Fields {
  const gone = plans[event.type].personal.filter(({ personal }) => keyNameFor(personal, stream, event, at) === key)
  return nulls(gone)
}

/** The event with null for all that retention ends, as it is read once the key of its month is destroyed. */
export const withoutChatMonth = <View extends AnyView>(event: View): View =>
  Object.assign({}, event, nulls(plans[event.type].personal.filter(({ personal }) => personal.under === 'chat-month')))

const nulls = (gone: readonly PersonalFields[]): Fields =>
  Object.fromEntries(gone.flatMap(({ fields }) => fields.map((field) => [field, null])))

/** The time that a message shows, for an event about it; `at` is the event's recorded time. */
export const shownTime = (event: AnyView, at: string): string =>
  (fieldOf(event, 'originalAt') ?? fieldOf(event, 'sentAt') ?? at) as string

/** The month is that of the time shown to users: the original one of an import, and the message's for additions to it. */
function keyNameFor({ user, under }: Personal, stream: string, event: AnyView, at: string): string {
  const id = fieldOf(event, user)
  if (under === 'audit') return AUDIT_KEY
  const userName = userKey(String(id))
  if (under === 'user') return userName
  if (under === 'request-month') {
    const month = requestMonthKey(monthOf(at))
    return id === undefined ? month : boxKeyName(userName, month)
  }
  return boxKeyName(userName, chatMonthKey(idOf(stream), monthOf(shownTime(event, at))))
}

const fieldOf = (event: AnyView, field: string): unknown => (event as unknown as Fields)[field]
