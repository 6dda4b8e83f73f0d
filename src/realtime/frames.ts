import { renderContent, type RenderContent } from '../content/render-content.js'
import { DEFAULT_MESSAGE_TYPE, type ChatEvent, type MessageSent, type Role } from '../domain/chat/events.js'
import { mentionsOf } from '../domain/chat/mentions.js'
import { assertNever } from '../domain/decider.js'
import type { AnyEvent } from '../domain/any-event.js'
import type { Opened, PublicEvent } from '../domain/event.js'
import type { Position } from '../eventstore/event-log.js'
import { idOf, isChatStream } from '../domain/streams.js'
import type { OpenedEvent } from '../privacy/event-reader.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { PastDetails } from '../projections/conversations/query-results.js'
import type { MessageView, ParticipantView, SharedChatView, UserRef } from '../projections/conversations/views.js'

/** Names of the frames made from a chat's own stream. */
export const chatFrameNames = [
  'chat_created',
  'chat_updated',
  'chat_archived',
  'chat_unarchived',
  'participant_joined',
  'participant_left',
  'participant_removed',
  'participant_banned',
  'participant_unbanned',
  'participant_role_changed',
  'new_message',
  'message_edited',
  'message_deleted',
  'reaction_added',
  'reaction_removed',
  'message_pinned',
  'message_unpinned',
  'link_previews',
  'messages_expired',
  'skipped',
] as const

/** Names of everything that the server sends on sockets. */
export const serverEventNames = [
  ...chatFrameNames,
  'ready',
  'resync',
  'read',
  'chat_muted',
  'chat_hidden',
  'typing',
  'presence',
  'profile_changed',
  'user_erased',
  'session_revoked',
  'server_draining',
  'error',
] as const

export type ServerEventName = (typeof serverEventNames)[number]

/** An event as clients see it, on sockets and in `/events` alike. */
export interface Frame {
  event: ServerEventName
  payload: object
}

export interface ChatFrame extends Frame {
  event: (typeof chatFrameNames)[number]
}

/** A chat's event, with its stream and version. */
export interface ChatEventInStream<Event extends ChatEvent = ChatEvent> {
  stream: string
  version: number
  /** Recorded time. */
  at: string
  event: Opened<Event>
}

/** What of an event can be read without any key. */
export interface DecodedInStream {
  stream: string
  version: number
  position: Position
  event: PublicEvent<AnyEvent>
}

export interface DecodedChatEvent extends DecodedInStream {
  event: PublicEvent<ChatEvent>
}

export const isOfChat = (decoded: DecodedInStream): decoded is DecodedChatEvent => isChatStream(decoded.stream)

export const isChatEvent = (opened: OpenedEvent): opened is OpenedEvent & ChatEventInStream =>
  isChatStream(opened.stream)

export const unknownUser = (id: string): UserRef => ({ id, name: null, avatarUrl: null, isBot: false })

/** A message that is no reply, as it was sent, from its own event; `content` and the like are null if their key was destroyed. */
export function messageOf(
  { stream, version, at, event }: ChatEventInStream<MessageSent>,
  sender: UserRef,
  render: RenderContent = renderContent,
): MessageView {
  const { mentions, mentionsAll } = mentionsOf(event)
  return {
    id: event.messageId,
    chatId: idOf(stream),
    seq: event.seq,
    version,
    sender,
    clientMessageId: event.clientMessageId,
    type: event.messageType ?? DEFAULT_MESSAGE_TYPE,
    content: event.content,
    contentHtml: event.content === null ? null : render(event.content),
    metadata: event.metadata,
    replyTo: null,
    reactions: [],
    mentions: [...mentions],
    mentionsAll,
    linkPreviews: [],
    createdAt: event.originalAt ?? at,
    recordedAt: at,
    editedAt: null,
    deletedAt: null,
    deletedBy: null,
  }
}

/** The version by which visibility of an event is judged: for events about a message that at which it was sent, else its own. */
export const visibilityVersion = ({ event, version }: ChatEventInStream): number =>
  'sentVersion' in event ? event.sentVersion : version

/** Whose frames show the chat. */
const CHAT_EVENTS: ReadonlySet<ChatEvent['type']> = new Set([
  'ChatCreated',
  'ChatChanged',
  'ChatArchived',
  'ChatUnarchived',
])

type Wanted = Parameters<ConversationQueries['pastDetails']>[1]

/** The details needed to render these events of one chat. */
export const detailsNeeded = (events: readonly ChatEventInStream[]): Wanted => ({
  chat: events.some(({ event }) => CHAT_EVENTS.has(event.type)),
  messageIds: events.flatMap(({ event }) => ('messageId' in event ? [event.messageId] : [])),
  participantsAt: events.flatMap(({ event, version }) => namedIn(event).map((userId) => ({ userId, version }))),
})

function namedIn(event: Opened<ChatEvent>): string[] {
  return [...('userId' in event ? [event.userId] : []), ...('by' in event ? [event.by] : [])]
}

/**
 * A past event, rendered against what it is about as that is now: text that was deleted or edited since is never sent again. Every
 * `version` is that of the event itself. Null for events that clients do not get: they are `skipped`.
 */
export function pastFrame({ stream, version, event }: ChatEventInStream, details: PastDetails): ChatFrame | null {
  const where = { chatId: idOf(stream), version }
  const userRef = (userId: string) => details.people.get(userId) ?? unknownUser(userId)
  const by = (userId: string) => ({ by: userRef(userId) })
  switch (event.type) {
    case 'ChatCreated': {
      const participants = details.chatParticipants
      return { event: 'chat_created', payload: { ...where, chat: sharedChat(), participants } }
    }
    case 'ParticipantJoined':
      return { event: 'participant_joined', payload: { ...where, participant: participant('member') } }
    case 'ParticipantAdded':
      return {
        event: 'participant_joined',
        payload: { ...where, participant: participant(event.role), ...by(event.by) },
      }
    case 'ParticipantLeft':
      return { event: 'participant_left', payload: { ...where, participant: participant() } }
    case 'ParticipantRemoved':
      return { event: 'participant_removed', payload: { ...where, participant: participant(), ...by(event.by) } }
    case 'ParticipantRoleChanged':
      return {
        event: 'participant_role_changed',
        payload: { ...where, participant: participant(event.role), ...by(event.by) },
      }
    case 'LinkPreviewsAdded': {
      const { id: messageId, linkPreviews } = known(details.messages, event.messageId)
      return { event: 'link_previews', payload: { ...where, messageId, linkPreviews } }
    }
    case 'MessageSent':
      return { event: 'new_message', payload: { ...known(details.messages, event.messageId), version } }
    case 'MessageEdited':
    case 'MessageDeleted': {
      const name = event.type === 'MessageEdited' ? 'message_edited' : 'message_deleted'
      const message = { ...known(details.messages, event.messageId), version }
      return { event: name, payload: { ...where, message } }
    }
    case 'ReactionAdded':
    case 'ReactionRemoved': {
      const name = event.type === 'ReactionAdded' ? 'reaction_added' : 'reaction_removed'
      const { messageId, emoji, userId } = event
      const { reactions } = known(details.messages, messageId)
      const count = reactions.find((reaction) => reaction.emoji === emoji)?.count ?? 0
      return { event: name, payload: { ...where, messageId, emoji, userId, count } }
    }
    case 'MessagePinned':
    case 'MessageUnpinned': {
      const name = event.type === 'MessagePinned' ? 'message_pinned' : 'message_unpinned'
      return { event: name, payload: { ...where, messageId: event.messageId, ...by(event.by) } }
    }
    case 'ParticipantBanned':
    case 'ParticipantUnbanned': {
      const name = event.type === 'ParticipantBanned' ? 'participant_banned' : 'participant_unbanned'
      return { event: name, payload: { ...where, participant: participantOrUser(event.userId), ...by(event.by) } }
    }
    case 'ChatChanged':
    case 'ChatArchived':
    case 'ChatUnarchived': {
      const names = {
        ChatChanged: 'chat_updated',
        ChatArchived: 'chat_archived',
        ChatUnarchived: 'chat_unarchived',
      } as const
      return { event: names[event.type], payload: { ...where, chat: sharedChat() } }
    }
    case 'MessagesExpired':
      return { event: 'messages_expired', payload: { ...where, beforeSeq: event.beforeSeq } }
    case 'InviteCreated':
    case 'InviteRevoked':
      return null
    default:
      return assertNever(event)
  }

  function sharedChat(): SharedChatView {
    if (details.chat === null) throw new Error(`${event.type} was rendered without its chat`)
    return { ...details.chat, version }
  }

  /** The user alone if they were not a participant. */
  function participantOrUser(userId: string): ParticipantView | UserRef {
    return details.participants.get(`${userId} ${version}`) ?? userRef(userId)
  }

  /** With the role that the event gave, if it gave one. */
  function participant(role?: Role): ParticipantView {
    const userId = 'userId' in event ? event.userId : ''
    const then = known(details.participants, `${userId} ${version}`)
    return role === undefined ? then : { ...then, role }
  }
}

function known<View>(views: ReadonlyMap<string, View>, key: string): View {
  const view = views.get(key)
  if (view === undefined) throw new Error(`the read model lacks ${key}, which an event is about`)
  return view
}
