import type { EventShape } from '../event.js'

/** A user read chats up to a message each; several markers may share one event. */
export interface ChatsRead extends EventShape {
  type: 'ChatsRead'
  public: {
    userId: string
    /** `unread`: set back to there on purpose. */
    chats: { chatId: string; seq: number; unread?: true }[]
  }
  personal: object
}

/** A user muted a chat, or unmuted it. */
export interface ChatMuted extends EventShape {
  type: 'ChatMuted'
  public: { userId: string; chatId: string; muted: boolean }
  personal: object
}

/** A user hid a chat from their list until a message above `seq` comes; null shows it again. */
export interface ChatHidden extends EventShape {
  type: 'ChatHidden'
  public: { userId: string; chatId: string; seq: number | null }
  personal: object
}

export type InboxEvent = ChatsRead | ChatMuted | ChatHidden
