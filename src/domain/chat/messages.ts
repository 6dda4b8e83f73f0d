import { accepting, assertNever, reject } from '../decider.js'
import { maySee } from '../visibility.js'
import type { ChatOutcome, MessageCommand } from './commands.js'
import type { ChatEvent } from './events.js'
import { importOf, isPast } from './imported.js'
import { joined } from './membership.js'
import { findMentions, type Mentions } from './mentions.js'
import type { KnownMessage, MessageFact } from './message-fact.js'
import { rangesOf, roleOf, type OpenChat } from './state.js'

type Command<Type extends MessageCommand['type']> = Extract<MessageCommand, { type: Type }>

/** Different emoji under one message. */
export const MAX_EMOJIS = 50
/** Different emoji of one user under one message. */
export const MAX_OWN_EMOJIS = 20
/** Pinned messages of one chat. */
export const MAX_PINS = 100

const accept = accepting<ChatEvent>()

/** Messages of a chat: sent, edited, deleted, reacted to, pinned. */
export function decideMessage(command: MessageCommand, chat: OpenChat): ChatOutcome {
  switch (command.type) {
    case 'SendMessage':
      return sendMessage(command, chat)
    case 'EditMessage':
      return editMessage(command, chat)
    case 'DeleteMessage':
      return deleteMessage(command, chat)
    case 'React':
      return react(command, chat)
    case 'PinMessage':
      return pinMessage(command, chat)
    case 'AddLinkPreviews':
      return addLinkPreviews(command, chat)
    case 'ExpireMessages':
      return expireMessages(command, chat)
    default:
      return assertNever(command)
  }
}

function sendMessage(command: Command<'SendMessage'>, chat: OpenChat): ChatOutcome {
  const { messageId, senderId, messageType, content, metadata, clientMessageId, replyTo } = command
  const isIn = chat.participants.has(senderId)
  const isImport = command.line !== undefined
  if (!isIn && !isImport) return reject({ code: 'not-a-participant' })
  if (isPast(command, chat)) return reject({ code: 'line-too-late' })
  if (chat.archived && !isImport) return reject({ code: 'chat-archived' })
  if (chat.banned.has(senderId)) return reject({ code: 'banned' })
  if (isExpired(command.originalAt, chat)) return reject({ code: 'message-expired' })
  const answered = replyTo === undefined ? null : inSight(replyTo.message, senderId, chat)
  if (replyTo !== undefined && answered?.status !== 'sent') return reject({ code: 'message-not-found' })
  const imported = importOf(command)
  const sent = {
    type: 'MessageSent' as const,
    messageId,
    seq: chat.lastSeq + 1,
    senderId,
    messageType,
    ...(replyTo === undefined || answered === null ? {} : { replyToId: replyTo.messageId, replyToSeq: answered.seq }),
    ...imported,
    content,
    ...mentionsOf(content, chat),
    metadata,
    clientMessageId,
  }
  const { replyToId: _id, replyToSeq: _seq, ...further } = sent
  const more = (command.more ?? []).map((message, index) => ({
    ...further,
    ...message,
    seq: sent.seq + 1 + index,
    clientMessageId: null,
  }))
  if (isIn) return accept(sent, ...more)
  return accept(...joined(senderId, chat, imported), sent, ...more)
}

/** A sender who joins with this very message does not take part yet. */
const mentionsOf = (content: string, { participants }: OpenChat): Mentions =>
  findMentions(content, (userId) => participants.has(userId))

/** The message, where the user takes part and may see it. */
function inSight(message: MessageFact, userId: string, chat: OpenChat): KnownMessage | null {
  if (message.status === 'absent') return null
  return maySee(rangesOf(chat, userId), message.sentVersion) ? message : null
}

/** The message, where the user may act on it; the refusal otherwise. */
function reachable(
  message: MessageFact,
  userId: string,
  chat: OpenChat,
): { message: KnownMessage } | { refused: ChatOutcome } {
  if (!chat.participants.has(userId)) return { refused: reject({ code: 'not-a-participant' }) }
  const seen = inSight(message, userId, chat)
  if (seen === null) return { refused: reject({ code: 'message-not-found' }) }
  return chat.archived ? { refused: reject({ code: 'chat-archived' }) } : { message: seen }
}

function editMessage(command: Command<'EditMessage'>, chat: OpenChat): ChatOutcome {
  const { messageId, by, content, sameContentVersion, isPastRetention = false, message } = command
  const found = reachable(message, by, chat)
  if ('refused' in found) return found.refused
  const { status, senderId, sentVersion, sentAt, contentVersion } = found.message
  if (senderId !== by) return reject({ code: 'not-the-author' })
  if (status === 'deleted') return reject({ code: 'message-deleted' })
  if (isPastRetention || isExpired(sentAt, chat)) return reject({ code: 'message-expired' })
  if (contentVersion === sameContentVersion) return accept()
  return accept({
    type: 'MessageEdited',
    messageId,
    sentVersion,
    senderId,
    sentAt,
    content,
    ...mentionsOf(content, chat),
  })
}

/** A pinned message is unpinned first: pins are counted. */
function deleteMessage({ messageId, by, message }: Command<'DeleteMessage'>, chat: OpenChat): ChatOutcome {
  const found = reachable(message, by, chat)
  if ('refused' in found) return found.refused
  const { status, senderId, sentVersion, pinned } = found.message
  if (senderId !== by && roleOf(chat, by) === 'member') return reject({ code: 'role-too-low' })
  if (status === 'deleted') return accept()
  const deleted = { type: 'MessageDeleted', messageId, sentVersion, senderId, by } as const
  return pinned ? accept({ type: 'MessageUnpinned', messageId, sentVersion, by }, deleted) : accept(deleted)
}

function react({ messageId, userId, emoji, on, message }: Command<'React'>, chat: OpenChat): ChatOutcome {
  const found = reachable(message, userId, chat)
  if ('refused' in found) return found.refused
  const { status, sentVersion, emojis, mine } = found.message
  if (status === 'deleted') return reject({ code: 'message-deleted' })
  if (mine.has(emoji) === on) return accept()
  if (!on) return accept({ type: 'ReactionRemoved', messageId, sentVersion, userId, emoji })
  const isNew = !emojis.has(emoji)
  if (mine.size >= MAX_OWN_EMOJIS || (isNew && emojis.size >= MAX_EMOJIS)) return reject({ code: 'too-many-reactions' })
  return accept({ type: 'ReactionAdded', messageId, sentVersion, userId, emoji })
}

function pinMessage({ messageId, by, on, message }: Command<'PinMessage'>, chat: OpenChat): ChatOutcome {
  const found = reachable(message, by, chat)
  if ('refused' in found) return found.refused
  const { status, sentVersion, pinned } = found.message
  if (status === 'deleted') return reject({ code: 'message-deleted' })
  if (pinned === on) return accept()
  if (!on) return accept({ type: 'MessageUnpinned', messageId, sentVersion, by })
  if (chat.pins >= MAX_PINS) return reject({ code: 'too-many-pins' })
  return accept({ type: 'MessagePinned', messageId, sentVersion, by })
}

/** Adds nothing to a message that is gone or was edited since its links were read. */
function addLinkPreviews(
  { messageId, contentVersion, previews, message }: Command<'AddLinkPreviews'>,
  chat: OpenChat,
): ChatOutcome {
  if (message.status !== 'sent' || message.contentVersion !== contentVersion || previews.length === 0) return accept()
  const { senderId, sentVersion, sentAt } = message
  if (isExpired(sentAt, chat)) return accept()
  return accept({ type: 'LinkPreviewsAdded', messageId, senderId, sentVersion, sentAt, previews: [...previews] })
}

/** Only for months that are not erased yet: a repeat adds nothing. */
function expireMessages({ months, beforeSeq }: Command<'ExpireMessages'>, chat: OpenChat): ChatOutcome {
  const added = months.filter((month) => !chat.expiredMonths.includes(month))
  return added.length === 0 ? accept() : accept({ type: 'MessagesExpired', months: added, beforeSeq })
}

/** Whether the key of that time's month is destroyed. */
const isExpired = (shownAt: string | undefined, { expiredMonths }: OpenChat): boolean =>
  shownAt !== undefined && expiredMonths.includes(shownAt.slice(0, 'yyyy-mm'.length))
