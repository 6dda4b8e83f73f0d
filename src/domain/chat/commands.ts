import type { Outcome } from '../decider.js'
import type { JsonObject } from '../event.js'
import type { ChatEvent, ChatType, HistoryVisibility, Imported, JoinPolicy, LinkPreview, Role } from './events.js'
import type { MessageFact } from './message-fact.js'

/** Commands of an import carry the number of their line, so that a chat knows which lines it has processed. */
export type ChatCommand = MembershipCommand | SettingsCommand | MessageCommand

/** The owners of those named in a command who are bots, by the bots' ids. */
export type BotOwners = Readonly<Record<string, string>>

export type MembershipCommand =
  | {
      type: 'CreateChat'
      chatType: ChatType
      by: string
      /** The others, without the creator; in a direct chat one, or none for the chat with oneself. */
      participantIds: readonly string[]
      name: string | null
      historyVisibility: HistoryVisibility
      joinPolicy: JoinPolicy
      imported: boolean
      originalAt?: string
      owners?: BotOwners
    }
  | ({ type: 'JoinChat'; userId: string } & Imported)
  /** `invite` is the hash of a code, `now` the time by which it may have ended. */
  | { type: 'JoinByInvite'; userId: string; invite: string; now: string }
  | ({ type: 'LeaveChat'; userId: string } & Imported)
  | { type: 'AddParticipants'; userIds: readonly string[]; role: Role; by: string; owners?: BotOwners }
  | { type: 'RemoveParticipant'; userId: string; by: string }
  | { type: 'ChangeParticipantRole'; userId: string; role: Role; by: string }
  | { type: 'BanParticipant'; userId: string; by: string }
  | { type: 'UnbanParticipant'; userId: string; by: string }

export type SettingsCommand =
  | {
      type: 'ChangeChat'
      by: string
      change: { name?: string | null; historyVisibility?: HistoryVisibility; joinPolicy?: JoinPolicy }
    }
  | { type: 'ArchiveChat'; by: string }
  | { type: 'UnarchiveChat'; by: string }
  /** `now` is the time by which others may have ended, and make room. */
  | { type: 'CreateInvite'; invite: string; by: string; now: string; expiresAt: string | null; maxUses: number | null }
  | { type: 'RevokeInvite'; invite: string; by: string }

/** `message` is what is known of it when the command is decided. */
interface AboutMessage {
  messageId: string
  message: MessageFact
}

export type MessageCommand =
  | ({
      type: 'SendMessage'
      messageId: string
      senderId: string
      messageType: string
      content: string
      metadata: JsonObject | null
      clientMessageId: string | null
      /** The message that it answers, and what is known of that. */
      replyTo?: AboutMessage
      /** Further messages that follow it. */
      more?: readonly { messageId: string; content: string }[]
    } & Imported)
  | ({
      type: 'EditMessage'
      by: string
      content: string
      /** Version of the event whose content is the same as the new one: where that is the present one, nothing changes. */
      sameContentVersion?: number
      /** The message is older than its chat keeps messages. */
      isPastRetention?: boolean
    } & AboutMessage)
  | ({ type: 'DeleteMessage'; by: string } & AboutMessage)
  | ({ type: 'React'; userId: string; emoji: string; on: boolean } & AboutMessage)
  | ({ type: 'PinMessage'; by: string; on: boolean } & AboutMessage)
  /** Their keys are destroyed. */
  | { type: 'ExpireMessages'; months: readonly string[]; beforeSeq: number }
  | ({
      type: 'AddLinkPreviews'
      /** Of the event whose links were read: those of a message changed since are not added. */
      contentVersion: number
      previews: readonly LinkPreview[]
    } & AboutMessage)

export type ChatRejection =
  /** Also for a chat that does not exist: to an outsider both are the same. */
  | { code: 'not-a-participant' }
  | { code: 'role-too-low' }
  /** A direct chat always has exactly its two members. */
  | { code: 'direct-chat' }
  /** A chat with participants always has an owner. */
  | { code: 'last-owner' }
  | { code: 'banned' }
  /** A bot takes part only where its owner does. */
  | { code: 'bot-owner-absent' }
  /** An archived chat takes no messages or changes. */
  | { code: 'chat-archived' }
  /** No code of this chat, or one that has ended. */
  | { code: 'invite-not-found' }
  | { code: 'too-many-invites' }
  /** Also for one that the user may not see. */
  | { code: 'message-not-found' }
  | { code: 'message-deleted' }
  /** Its chat keeps messages for a shorter time. */
  | { code: 'message-expired' }
  /** Only the author edits. */
  | { code: 'not-the-author' }
  | { code: 'too-many-reactions' }
  | { code: 'too-many-pins' }
  | { code: 'participant-not-found' }
  /** An import meets a chat that no import made, or the other way round. */
  | { code: 'not-imported' }
  /** An import has been past this line: its message could only be put after later ones. */
  | { code: 'line-too-late' }

export type ChatOutcome = Outcome<ChatEvent, ChatRejection>
