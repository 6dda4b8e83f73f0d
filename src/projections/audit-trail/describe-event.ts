import type { AnyEvent } from '../../domain/any-event.js'
import type { PublicEvent } from '../../domain/event.js'
import type { SecurityEventRecorded } from '../../domain/security/events.js'
import { idOf } from '../../domain/streams.js'
import { publicFields, type Fields } from '../../privacy/field-plan.js'
import { entryFields, entryNames, securityUsers } from './audit-events.js'

/** Who did what to whom: an entry of the trail, without its place and client. */
export interface Description {
  event: string
  /** Who did it; null for the system, the operator and unknown people. */
  userId: string | null
  /** Whom it was done to, if to one user other than who did it. */
  targetUserId: string | null
  chatId: string | null
  messageId: string | null
  details: Fields
  /** Where it was done to several users, or in several chats: their ids, which are in the details too. */
  subjects: readonly Subject[]
}

export interface Subject {
  field: 'target_user_id' | 'chat_id'
  id: string
}

interface Row {
  by?: string
  target?: string
  message?: string
  chat?: string
  targets?(event: PublicEvent<AnyEvent>): readonly string[]
  chats?(event: PublicEvent<AnyEvent>): readonly string[]
}

/** Each row is only given events of its own type. */
const rows: Readonly<Record<AnyEvent['type'], Row>> = entryFields

/** The fields that have a column, and so are no details. */
const columns = new Map(
  Object.entries(rows).map(([type, { by, target, message, chat }]) => [type, new Set([by, target, message, chat])]),
)

/** From the public fields alone: nothing personal but ids, also of events whose earlier versions had more in clear. */
export function describeEvent(event: PublicEvent<AnyEvent>, actor: string | null, stream: string): Description {
  if (event.type === 'SecurityEventRecorded') return describeSecurityEvent(event)
  const fields = rows[event.type]
  const values = publicFields(event)
  const userId = actor ?? idIn(values, fields.by)
  const targets = (fields.targets?.(event) ?? listOf(idIn(values, fields.target))).filter((id) => id !== userId)
  const chats = fields.chats?.(event) ?? listOf(chatOf(stream) ?? idIn(values, fields.chat))
  return {
    event: entryNames[event.type],
    userId,
    targetUserId: onlyOne(targets),
    chatId: onlyOne(chats),
    messageId: idIn(values, fields.message),
    details: detailsOf(values, columns.get(event.type)),
    subjects: [...subjectsOf('target_user_id', targets), ...subjectsOf('chat_id', chats)],
  }
}

function describeSecurityEvent({ kind, userId, count, from, to }: PublicEvent<SecurityEventRecorded>): Description {
  const isActor = securityUsers[kind] === 'actor'
  return {
    event: entryNames.SecurityEventRecorded,
    userId: isActor ? (userId ?? null) : null,
    targetUserId: isActor ? null : (userId ?? null),
    chatId: null,
    messageId: null,
    details: { type: kind, count, from, to },
    subjects: [],
  }
}

function detailsOf(values: Fields, inColumns?: ReadonlySet<string | undefined>): Fields {
  const details: Record<string, unknown> = {}
  for (const field in values) if (inColumns?.has(field) !== true) details[field] = values[field]
  return details
}

const chatOf = (stream: string): string | null =>
  stream.startsWith('chat-') || stream.startsWith('moderation-') ? idOf(stream) : null

function idIn(values: Fields, field: string | undefined): string | null {
  const value = field === undefined ? null : values[field]
  return typeof value === 'string' ? value : null
}

const listOf = (id: string | null): readonly string[] => (id === null ? NONE : [id])
const onlyOne = (ids: readonly string[]): string | null => (ids.length === 1 ? (ids[0] ?? null) : null)
const subjectsOf = (field: Subject['field'], ids: readonly string[]): Subject[] =>
  ids.length > 1 ? ids.map((id) => ({ field, id })) : []

const NONE: readonly string[] = []
