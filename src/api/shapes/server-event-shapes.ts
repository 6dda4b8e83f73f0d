import { z } from 'zod'
import type { ServerEventName } from '../../realtime/frames.js'
import { participantShape, sharedChatShape } from './chat-shapes.js'
import { count, id, time } from './fields.js'
import { messageShape } from './message-shapes.js'
import { problemShape } from './problem-shape.js'
import { userRefShape } from './user-shapes.js'

const inChat = { chatId: id, version: count }
const aboutMessage = { ...inChat, messageId: id }
const changed = z.object({ ...inChat, message: messageShape })
const reaction = z.object({ ...aboutMessage, emoji: z.string(), userId: id, count })
const pin = z.object({ ...aboutMessage, by: userRefShape })
const ofChat = z.object({ ...inChat, chat: sharedChatShape })
const membership = { ...inChat, participant: participantShape }
const byUser = { by: userRefShape }
/** Of someone who may not have taken part. */
const ban = z.object({ ...inChat, participant: z.union([participantShape, userRefShape]), ...byUser })

const readyChat = z.object({
  version: count,
  lastSeq: count,
  readSeq: count,
  unreadCount: count,
  unreadMentions: count,
  muted: z.boolean(),
  hidden: z.boolean(),
})

/** The payload of everything that the server sends on sockets. */
export const serverEventShapes: Readonly<Record<ServerEventName, z.ZodType>> = {
  ready: z.object({ userId: id, chats: z.record(id, readyChat) }),
  new_message: messageShape,
  message_edited: changed,
  message_deleted: changed,
  reaction_added: reaction,
  reaction_removed: reaction,
  message_pinned: pin,
  message_unpinned: pin,
  link_previews: z.object({ ...aboutMessage, linkPreviews: messageShape.shape.linkPreviews }),
  messages_expired: z.object({ ...inChat, beforeSeq: count }),
  participant_joined: z.object({ ...membership, by: userRefShape.optional() }),
  participant_left: z.object(membership),
  participant_removed: z.object({ ...membership, ...byUser }),
  participant_role_changed: z.object({ ...membership, ...byUser }),
  participant_banned: ban,
  participant_unbanned: ban,
  chat_created: z.object({ ...inChat, chat: sharedChatShape, participants: z.array(userRefShape) }),
  chat_updated: ofChat,
  chat_archived: ofChat,
  chat_unarchived: ofChat,
  skipped: z.object({ ...inChat, fromVersion: count }),
  resync: z.object(inChat),
  read: z.object({ chatId: id, userId: id, seq: count }),
  chat_muted: z.object({ chatId: id, muted: z.boolean() }),
  chat_hidden: z.object({ chatId: id, hidden: z.boolean() }),
  typing: z.object({ chatId: id, userId: id }),
  presence: z.object({ userId: id, isOnline: z.boolean(), lastSeen: time.nullable() }),
  profile_changed: userRefShape,
  user_erased: z.object({ userId: id }),
  session_revoked: z.object({ code: z.enum(['session-revoked', 'token-revoked']) }),
  server_draining: z.object({ reconnectAfterMs: count }),
  /** `version`: the chat's, with `cursor-ahead`. */
  error: problemShape
    .omit({ type: true, instance: true })
    .extend({ message: z.string(), chatId: id.nullable(), version: count.optional() }),
}
