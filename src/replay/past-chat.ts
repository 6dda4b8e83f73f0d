import type { MessageView, ParticipantView, SharedChatView, UserRef } from '../projections/conversations/views.js'
import type { ReplayedTo } from './fill-chat.js'

export type PastParticipant = Omit<ParticipantView, 'readSeq'>

export interface PastPin {
  messageId: string
  seq: number
  pinnedBy: UserRef
  pinnedAt: string
}

/** A chat as it was. What was erased since is null. */
export interface PastChat extends ReplayedTo {
  chat: SharedChatView
  /** A page of them, in the order in which they joined. */
  participants: PastParticipant[]
  /** `participantsAfter` of the next page; null on the last. */
  moreParticipants: string | null
  /** The last pinned first. */
  pins: PastPin[]
  /** A page of them, ascending by seq. */
  messages: MessageView[]
}

/** Which messages and participants are shown; null: the latest, and those who joined first. */
export interface PastPage {
  messages: { before: number } | { after: number } | null
  limit: number
  participantsAfter: string | null
}
