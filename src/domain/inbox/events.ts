import type { EventShape } from '../event.js'

/** How far a person has read; one event may carry the markers of several chats. */
export interface ChatsRead extends EventShape {
  type: 'ChatsRead'
  public: {
    userId: string
    /** `unread`: set back to there on purpose. */
    chats: { chatId: string; seq: number; unread?: true }[]
  }
  personal: object
}

export interface ChatMuted extends EventShape {
  type: 'ChatMuted'
  public: { userId: string; chatId: string; muted: boolean }
  personal: object
}

/** Out of the person's list, until something is said above `seq`; null: back in it. */
export interface ChatHidden extends EventShape {
  type: 'ChatHidden'
  public: { userId: string; chatId: string; seq: number | null }
  personal: object
}

export type InboxEvent = ChatsRead | ChatMuted | ChatHidden
