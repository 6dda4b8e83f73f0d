import type { Chat, Message, Participant, SharedChat } from '../realtime/server-events.js'

/** A part of a chat as REST answered it: it includes all events up to `version`. */
export interface Part<Value> {
  version: number
  value: Value
}

/** What a client holds of a chat; each part may be of another version, and each message has its own. */
export interface ChatSnapshot {
  chat: Part<SharedChat>
  participants: Part<Participant[]>
  /** The latest messages, ascending by `seq`. */
  messages: Part<Message[]>
  pinnedIds: Part<string[]>
  /** Whether there are messages before these. */
  hasOlder: boolean
}

/** Up to here all events are included in every part. */
export const versionOf = ({ chat, participants, messages, pinnedIds }: ChatSnapshot): number =>
  Math.min(chat.version, participants.version, messages.version, pinnedIds.version)

/** Without what differs between readers, which events do not keep up to date. */
export function sharedChat(chat: Chat): SharedChat {
  const {
    myRole: _,
    muted: _1,
    hidden: _2,
    readSeq: _3,
    unreadCount: _4,
    unreadMentions: _5,
    participants: _6,
    ...shared
  } = chat
  return shared
}
