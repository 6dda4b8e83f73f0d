import type { ClientEventName } from '../../realtime/protocol.js'
import { CHAT_ID, MESSAGE, MESSAGE_ID, POSITION } from './example-values.js'

interface ClientEventDescription {
  summary: string
  /** A payload that the event takes. */
  example: object
  /** Of the ack that answers it, without `ok`. */
  ack: object
}

const inChat = { chatId: CHAT_ID }
const aboutMessage = { ...inChat, messageId: MESSAGE_ID }
const ofCommand = { position: POSITION }

export const clientEventDescriptions: Readonly<Record<ClientEventName, ClientEventDescription>> = {
  send_message: {
    summary: 'Sends a message; repeated with the same `clientMessageId` it gives the first answer again',
    example: { ...inChat, content: MESSAGE.content, clientMessageId: MESSAGE.clientMessageId },
    ack: { message: MESSAGE, ...ofCommand },
  },
  edit_message: {
    summary: 'Changes the text of one’s own message',
    example: { ...aboutMessage, content: 'Shall we meet at **one**?' },
    ack: ofCommand,
  },
  delete_message: {
    summary: 'Deletes a message: its author, or an owner or admin of the chat',
    example: aboutMessage,
    ack: ofCommand,
  },
  react: {
    summary: 'Adds one’s reaction to a message, or removes it',
    example: { ...aboutMessage, emoji: '👍', on: true },
    ack: ofCommand,
  },
  join_chat: { summary: 'Joins an open chat; not a subscription', example: inChat, ack: ofCommand },
  leave_chat: { summary: 'Leaves a chat for good; not the end of a subscription', example: inChat, ack: ofCommand },
  read: {
    summary: 'Moves one’s read marker, with `unread` also back',
    example: { ...inChat, seq: MESSAGE.seq },
    ack: ofCommand,
  },
  typing: { summary: 'Announces to the others of the chat that the user types', example: inChat, ack: {} },
  sync: {
    summary: 'Requests the events after these cursors on the live socket',
    example: { cursors: { [CHAT_ID]: 39 } },
    ack: { behind: { [CHAT_ID]: 3 } },
  },
  authenticate: {
    summary: 'Replaces the token before it ends, by one of the same user and session',
    example: { token: 'the accessToken of the last refresh' },
    ack: {},
  },
}
