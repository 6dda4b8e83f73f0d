import type { PublicEvent } from '../event.js'
import type { ChatEvent } from './events.js'

/** What rules about one message read: of its chat's events, those about the message, folded. Nothing personal. */
export type MessageFact = { status: 'absent' } | KnownMessage

export interface KnownMessage {
  status: 'sent' | 'deleted'
  /** Of the last event about it. */
  version: number
  seq: number
  senderId: string
  sentVersion: number
  /** The time that it shows. */
  sentAt: string
  /** Of the event that gave it its present content. */
  contentVersion: number
  pinned: boolean
  /** How many users reacted with each emoji. */
  emojis: ReadonlyMap<string, number>
  /** The emoji of the asking user. */
  mine: ReadonlySet<string>
}

/** An event about a message, with its place in the stream. */
export interface AboutMessage {
  event: PublicEvent<ChatEvent>
  version: number
  /** Recorded time. */
  at: string
}

/** The message that an event is about. */
export const messageOf = (event: PublicEvent<ChatEvent>): string | null =>
  'messageId' in event ? event.messageId : null

/** Folds what comes after the fact; what is in it already is passed over. `mine` is that of `userId`. */
export function evolveMessage(
  fact: MessageFact,
  { event, version, at }: AboutMessage,
  userId: string | null,
): MessageFact {
  if (event.type === 'MessageSent') return fact.status === 'absent' ? sent(event, version, at) : fact
  if (fact.status === 'absent' || version <= fact.version) return fact
  const next = { ...fact, version }
  switch (event.type) {
    case 'MessageEdited':
      return { ...next, contentVersion: version }
    case 'MessageDeleted':
      return { ...next, status: 'deleted', contentVersion: version, emojis: new Map(), mine: new Set() }
    case 'ReactionAdded':
      return reacted(next, event, userId, 1)
    case 'ReactionRemoved':
      return reacted(next, event, userId, -1)
    case 'MessagePinned':
      return { ...next, pinned: true }
    case 'MessageUnpinned':
      return { ...next, pinned: false }
    default:
      return next
  }
}

const sent = (
  { seq, senderId, originalAt }: Extract<PublicEvent<ChatEvent>, { type: 'MessageSent' }>,
  version: number,
  at: string,
): KnownMessage => ({
  status: 'sent',
  version,
  seq,
  senderId,
  sentVersion: version,
  sentAt: originalAt ?? at,
  contentVersion: version,
  pinned: false,
  emojis: new Map(),
  mine: new Set(),
})

function reacted(
  message: KnownMessage,
  { emoji, userId: by }: { emoji: string; userId: string },
  userId: string | null,
  step: 1 | -1,
): KnownMessage {
  const emojis = new Map(message.emojis)
  const count = (emojis.get(emoji) ?? 0) + step
  if (count > 0) emojis.set(emoji, count)
  else emojis.delete(emoji)
  if (by !== userId) return { ...message, emojis }
  const mine = new Set(message.mine)
  if (step === 1) mine.add(emoji)
  else mine.delete(emoji)
  return { ...message, emojis, mine }
}
