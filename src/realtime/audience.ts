import type { ChatEvent } from '../domain/chat/events.js'
import { assertNever } from '../domain/decider.js'
import type { Opened } from '../domain/event.js'
import type { Position } from '../eventstore/event-log.js'
import type { Frame } from './frames.js'

/** An event as it goes to sockets: rendered once, the same for all. */
export interface Delivery {
  position: Position
  frame: Frame
  /** For everyone who takes part in one of these chats … */
  chatIds: readonly string[]
  /** … and for this person's own devices. */
  userId: string | null
  /** Whose taking part in the one chat begins with it, and whose ends: it is their first frame, or their last. */
  begins: readonly string[]
  ends: readonly string[]
  /** Who takes part, but may not see the message that it is about: to them it is `skipped`. */
  hiddenFrom?: readonly string[]
}

/** What those get to whom an event is hidden: its version, and nothing of it. */
export function skippedFrame({ chatIds, frame }: Pick<Delivery, 'chatIds' | 'frame'>): Frame {
  const { version } = frame.payload as { version: number }
  return skippedAt(chatIds[0] ?? '', version)
}

export const skippedAt = (chatId: string, version: number): Frame => ({
  event: 'skipped',
  payload: { chatId, fromVersion: version, version },
})

/** Whose taking part in the chat begins with the event, and whose ends. */
export function movesOf(event: Opened<ChatEvent>): Pick<Delivery, 'begins' | 'ends'> {
  switch (event.type) {
    case 'ChatCreated':
      return { begins: event.participants.map(({ userId }) => userId), ends: [] }
    case 'ParticipantJoined':
    case 'ParticipantAdded':
      return { begins: [event.userId], ends: [] }
    case 'ParticipantLeft':
    case 'ParticipantRemoved':
    case 'ParticipantBanned':
      return { begins: [], ends: [event.userId] }
    case 'ParticipantRoleChanged':
    case 'ParticipantUnbanned':
    case 'ChatChanged':
    case 'ChatArchived':
    case 'ChatUnarchived':
    case 'InviteCreated':
    case 'InviteRevoked':
    case 'MessageSent':
    case 'MessageEdited':
    case 'MessageDeleted':
    case 'ReactionAdded':
    case 'ReactionRemoved':
    case 'MessagePinned':
    case 'MessageUnpinned':
    case 'LinkPreviewsAdded':
      return { begins: [], ends: [] }
    default:
      return assertNever(event)
  }
}

/** A socket that is about to go live, and what it has of its chats. */
export interface Arrival {
  userId: string
  /** The chats that it takes part in, each with the position up to which it has all of it. */
  chats: ReadonlyMap<string, Position>
  /** Up to here it knows of everything else: profiles, markers, and in which other chats it takes no part. */
  since: Position
}

/**
 * What a socket is given when it goes live, of the events that were kept for it: memberships are carried on from event to event, so
 * that nothing after a removal reaches the removed, and nothing after a join is missed.
 */
export function goLive(
  { userId, chats, since }: Arrival,
  kept: readonly Delivery[],
  isAfter: (a: Position, b: Position) => boolean,
): { frames: Frame[]; chatIds: Set<string> } {
  const chatIds = new Set(chats.keys())
  const frames: Frame[] = []
  for (const delivery of kept) {
    const [chatId = ''] = delivery.chatIds
    if (!isAfter(delivery.position, (delivery.userId === null ? chats.get(chatId) : undefined) ?? since)) continue
    if (delivery.begins.includes(userId)) chatIds.add(chatId)
    if (delivery.userId === userId || delivery.chatIds.some((id) => chatIds.has(id)))
      frames.push(delivery.hiddenFrom?.includes(userId) === true ? skippedFrame(delivery) : delivery.frame)
    if (delivery.ends.includes(userId)) chatIds.delete(chatId)
  }
  return { frames, chatIds }
}
