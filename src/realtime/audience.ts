import type { ChatEvent } from '../domain/chat/events.js'
import { assertNever } from '../domain/decider.js'
import type { PublicEvent } from '../domain/event.js'
import type { Position } from '../eventstore/event-log.js'
import type { Frame } from './frames.js'

/** An event as it goes to sockets: rendered once, the same for all. */
export interface Delivery {
  position: Position
  frame: Frame
  /** For all participants of these chats … */
  chatIds: readonly string[]
  /** … and for this user's own devices. */
  userId: string | null
  /** The chat that a frame for own devices is about: of a bot, only sockets that are bound to it get the frame. */
  aboutChatId?: string
  /** Users who join the one chat by it, for whom it is the first frame, and users who leave, for whom it is the last. */
  joining: readonly string[]
  leaving: readonly string[]
  /** Participants who may not see the message that it is about: they get `skipped`. */
  hiddenFrom?: readonly string[]
  /** Its frame goes to nobody; only users enter and leave the room. */
  isWithheld?: boolean
}

/** For participants who may not see an event: its version, and nothing else of it. */
export function skippedFrame({ chatIds, frame }: Pick<Delivery, 'chatIds' | 'frame'>): Frame {
  const { version } = frame.payload as { version: number }
  return skippedAt(chatIds[0] ?? '', version)
}

export const skippedAt = (chatId: string, version: number): Frame => ({
  event: 'skipped',
  payload: { chatId, fromVersion: version, version },
})

/** Users who join the chat by the event, and users who leave it. */
export function membershipChanges(event: PublicEvent<ChatEvent>): Pick<Delivery, 'joining' | 'leaving'> {
  switch (event.type) {
    case 'ChatCreated':
      return { joining: event.participants.map(({ userId }) => userId), leaving: [] }
    case 'ParticipantJoined':
    case 'ParticipantAdded':
      return { joining: [event.userId], leaving: [] }
    case 'ParticipantLeft':
    case 'ParticipantRemoved':
    case 'ParticipantBanned':
      return { joining: [], leaving: [event.userId] }
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
    case 'MessagesExpired':
      return { joining: [], leaving: [] }
    default:
      return assertNever(event)
  }
}

/** A socket about to go live, and what it has received of its chats. */
export interface AttachingSocket {
  userId: string
  /** Of a bot: the only chats of which it gets anything. */
  boundTo?: ReadonlySet<string> | undefined
  /** The user's chats, each with the position up to which the socket has everything. */
  chats: ReadonlyMap<string, Position>
  /** The position up to which it has everything else: profiles, read markers, and that the user is in no other chats. */
  since: Position
}

/**
 * The frames that a socket gets of its buffered events when it goes live, and the chats whose rooms it enters. Memberships are folded event by
 * event, so that nothing after a removal reaches the removed user, and nothing after a join is missed.
 */
export function goLive(
  { userId, boundTo, chats, since }: AttachingSocket,
  buffered: readonly Delivery[],
  isAfter: (a: Position, b: Position) => boolean,
): { frames: Frame[]; chatIds: Set<string> } {
  const chatIds = new Set(chats.keys())
  const frames: Frame[] = []
  const isOpenTo = (chatId: string | undefined): boolean =>
    boundTo === undefined || (chatId !== undefined && boundTo.has(chatId))
  for (const delivery of buffered) {
    const [chatId = ''] = delivery.chatIds
    if (!isAfter(delivery.position, (delivery.userId === null ? chats.get(chatId) : undefined) ?? since)) continue
    if (delivery.joining.includes(userId) && isOpenTo(chatId)) chatIds.add(chatId)
    const isOwn = delivery.userId === userId && isOpenTo(delivery.aboutChatId)
    const isForUser = isOwn || delivery.chatIds.some((id) => chatIds.has(id))
    if (isForUser && delivery.isWithheld !== true)
      frames.push(delivery.hiddenFrom?.includes(userId) === true ? skippedFrame(delivery) : delivery.frame)
    if (delivery.leaving.includes(userId)) chatIds.delete(chatId)
  }
  return { frames, chatIds }
}
