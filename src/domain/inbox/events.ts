import type { EventShape } from '../event.js'

/** How far a person has read; one event may carry the markers of several chats. */
export interface ChatsRead extends EventShape {
  type: 'ChatsRead'
  public: { userId: string; chats: { chatId: string; seq: number }[] }
  personal: object
}

export type InboxEvent = ChatsRead
