import type { ServerEventName } from '../../realtime/frames.js'
import { ADA, AT, CHAT, CHAT_ID, GRACE, MESSAGE, MESSAGE_ID, OTHER_ID, PARTICIPANT, USER_ID } from './example-values.js'

interface ServerEventDescription {
  summary: string
  example: object
}

const inChat = { chatId: CHAT_ID, version: 43 }
const aboutMessage = { ...inChat, messageId: MESSAGE_ID }
const joined = { ...inChat, participant: PARTICIPANT }
const byAda = { by: ADA }
const reaction = { ...aboutMessage, emoji: '👍', userId: OTHER_ID }
const chatNow = { ...inChat, chat: { ...CHAT, version: 43 } }
const edited = { ...MESSAGE, version: 43, content: 'Shall we meet at one?', editedAt: AT }
const deleted = { ...MESSAGE, version: 43, content: null, contentHtml: null, deletedAt: AT, deletedBy: USER_ID }
const preview = { url: 'https://example.com/', title: 'Example Domain', description: null, imageUrl: null }
const counts = { lastSeq: 12, readSeq: 11, unreadCount: 1, unreadMentions: 0 }

export const serverEventDescriptions: Readonly<Record<ServerEventName, ServerEventDescription>> = {
  ready: {
    summary: 'Everything that the cursors missed was sent: from here on events are live',
    example: { userId: USER_ID, chats: { [CHAT_ID]: { version: 42, ...counts, muted: false, hidden: false } } },
  },
  new_message: { summary: 'A message was sent, also by the user’s own devices', example: MESSAGE },
  message_edited: { summary: 'A message has another text', example: { ...inChat, message: edited } },
  message_deleted: { summary: 'A message was deleted', example: { ...inChat, message: deleted } },
  reaction_added: { summary: 'A user reacted; `count` is the current number', example: { ...reaction, count: 1 } },
  reaction_removed: { summary: 'A user took a reaction back', example: { ...reaction, count: 0 } },
  message_pinned: { summary: 'A message was pinned', example: { ...aboutMessage, ...byAda } },
  message_unpinned: { summary: 'A message is no longer pinned', example: { ...aboutMessage, ...byAda } },
  link_previews: {
    summary: 'Previews of the links of a message, in place of those it had',
    example: { ...aboutMessage, linkPreviews: [preview] },
  },
  messages_expired: {
    summary: 'The texts of all messages below `beforeSeq` were destroyed',
    example: { ...inChat, beforeSeq: 10 },
  },
  participant_joined: { summary: 'A user joined or was added', example: { ...joined, ...byAda } },
  participant_left: { summary: 'A participant left; the last event of who left', example: joined },
  participant_removed: {
    summary: 'A participant was removed; the last event of who was removed',
    example: { ...joined, ...byAda },
  },
  participant_role_changed: {
    summary: 'A participant has another role',
    example: { ...inChat, participant: { ...PARTICIPANT, role: 'admin' }, ...byAda },
  },
  participant_banned: {
    summary: 'A user may not take part; the last event of who took part',
    example: { ...joined, ...byAda },
  },
  participant_unbanned: { summary: 'A ban ended', example: { ...inChat, participant: GRACE, ...byAda } },
  chat_created: {
    summary: 'A chat in which the user takes part; `participants` are at most 10',
    example: { ...inChat, version: 1, chat: { ...CHAT, version: 1, lastSeq: 0 }, participants: [ADA, GRACE] },
  },
  chat_updated: { summary: 'The chat has another name, history visibility or join policy', example: chatNow },
  chat_archived: {
    summary: 'The chat takes no more messages',
    example: { ...inChat, chat: { ...CHAT, version: 43, archivedAt: AT } },
  },
  chat_unarchived: { summary: 'The chat takes messages again', example: chatNow },
  skipped: {
    summary: 'These versions, both included, are not for this user: move the cursor',
    example: { ...inChat, fromVersion: 41 },
  },
  resync: { summary: 'Too far behind: page the history, then continue from `version`', example: inChat },
  read: { summary: 'A user has read up to `seq`', example: { chatId: CHAT_ID, userId: OTHER_ID, seq: 12 } },
  chat_muted: { summary: 'To one’s own devices', example: { chatId: CHAT_ID, muted: true } },
  chat_hidden: { summary: 'To one’s own devices', example: { chatId: CHAT_ID, hidden: true } },
  typing: {
    summary: 'A participant types; volatile, at most once in three seconds',
    example: { chatId: CHAT_ID, userId: OTHER_ID },
  },
  presence: {
    summary: 'A user with whom one shares a chat came online or went',
    example: { userId: OTHER_ID, isOnline: false, lastSeen: AT },
  },
  profile_changed: { summary: 'A user with whom one shares a chat has another name or picture', example: GRACE },
  user_erased: { summary: 'A user was erased: forget what is known of them', example: { userId: OTHER_ID } },
  session_revoked: {
    summary: 'The session has ended (`session-revoked`: log in again), or the token (`token-revoked`: refresh it)',
    example: { code: 'session-revoked' },
  },
  server_draining: {
    summary: 'The node stops: reconnect after this time, with cursors',
    example: { reconnectAfterMs: 2_500 },
  },
  error: {
    summary: 'A client event without an ack was refused, a cursor was, or the connection is about to end',
    example: {
      status: 403,
      title: 'Not authorized',
      code: 'not-authorized',
      message: 'Not authorized',
      chatId: CHAT_ID,
    },
  },
}
