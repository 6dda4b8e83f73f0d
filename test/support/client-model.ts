import type { MessageView, ParticipantView } from '../../src/projections/conversations/views.js'

/** A part of a chat as REST answered it: `version` is the answer's `Parley-Chat-Version`. */
export interface Part<Answer> {
  version: number
  answer: Answer
}

/** What a client shows of a chat as a whole. */
export interface Settings {
  name: string | null
  historyVisibility: string
  joinPolicy: string
  archivedAt: string | null
}

/** The answers that together are a snapshot; each may be of another version. */
export interface ChatSnapshot {
  chat: Part<Settings>
  participants: Part<ParticipantView[]>
  messages: Part<MessageView[]>
  /** Ids of the pinned messages. */
  pins: Part<string[]>
}

/**
 * What a client holds of one chat: a snapshot carried on by frames, as docs/realtime.md says. Each part knows its version, each message
 * its own; an event that is not above it is known already.
 */
export interface ClientChat extends ChatSnapshot {
  /** Up to here every version has come: what a client resumes from. */
  cursor: number
  /** False from the end of one's taking part on: what then comes is another snapshot's. */
  isIn: boolean
}

/** An event as it came; `me` is whose client it is. */
export interface ClientEvent {
  event: string
  payload: object
}

interface Payload {
  chatId: string
  version: number
  fromVersion?: number
  message: MessageView
  messageId: string
  emoji: string
  userId: string
  count: number
  beforeSeq: number
  linkPreviews: MessageView['linkPreviews']
  participant: ParticipantView
  chat: Settings
}

export const fromSnapshot = (snapshot: ChatSnapshot): ClientChat => {
  const { chat, participants, messages, pins } = snapshot
  const cursor = Math.min(...[chat, participants, messages, pins].map(({ version }) => version))
  return { ...snapshot, cursor, isIn: true }
}

/** @throws Error where a version is left out, or one comes that is known */
export function fold(chat: ClientChat, { event, payload: given }: ClientEvent, me: string): ClientChat {
  const payload = given as Payload
  const { version, fromVersion = version } = payload
  if (fromVersion !== chat.cursor + 1)
    throw new Error(`${event} of version ${fromVersion} came to a client at ${chat.cursor}`)
  const next = { ...chat, cursor: version }
  switch (event) {
    case 'skipped':
      return next
    case 'chat_updated':
    case 'chat_archived':
    case 'chat_unarchived':
      return { ...next, chat: moved(chat.chat, version, () => settingsOf(payload.chat)) }
    case 'new_message':
      return { ...next, messages: sent(chat.messages, given as MessageView) }
    case 'message_edited':
    case 'message_deleted': {
      const { message } = payload
      return { ...next, messages: changed(chat.messages, message.id, version, () => message) }
    }
    case 'reaction_added':
    case 'reaction_removed':
      return {
        ...next,
        messages: changed(chat.messages, payload.messageId, version, (old) => reacted(old, event, payload)),
      }
    case 'link_previews': {
      const { linkPreviews } = payload
      return {
        ...next,
        messages: changed(chat.messages, payload.messageId, version, (old) => ({ ...old, linkPreviews })),
      }
    }
    case 'messages_expired':
      return { ...next, messages: expired(chat.messages, payload.beforeSeq, version) }
    case 'message_pinned':
    case 'message_unpinned': {
      const { messageId } = payload
      const change = (ids: string[]) => [...without(ids, messageId), ...(event === 'message_pinned' ? [messageId] : [])]
      // The message itself says nothing of it, but its version does.
      return {
        ...next,
        pins: moved(chat.pins, version, change),
        messages: changed(chat.messages, messageId, version, (old) => old),
      }
    }
    default:
      return memberships(next, event, payload, me)
  }
}

export const foldAll = (chat: ClientChat, events: readonly ClientEvent[], me: string): ClientChat =>
  events.reduce((folded, event) => fold(folded, event, me), chat)

/**
 * What is compared of two clients: without what frames do not carry, and in an order that says nothing. What a message quotes is shown
 * from the quoted message itself.
 */
export const shown = ({ chat, participants, messages, pins }: ChatSnapshot): object => ({
  chat: settingsOf(chat.answer),
  participants: participants.answer.map(({ id, name, role, joinedAt }) => ({ id, name, role, joinedAt })),
  messages: messages.answer.map(({ reactions, replyTo, ...message }) => ({
    ...message,
    replyTo: replyTo && { id: replyTo.id, seq: replyTo.seq },
    reactions: reactions
      .map(({ emoji, count, userIds }) => ({ emoji, count, userIds: userIds.toSorted() }))
      .toSorted((a, b) => (a.emoji < b.emoji ? -1 : 1)),
  })),
  pins: pins.answer.toSorted(),
})

export const settingsOf = ({ name, historyVisibility, joinPolicy, archivedAt }: Settings): Settings => ({
  name,
  historyVisibility,
  joinPolicy,
  archivedAt,
})

function moved<Answer>(part: Part<Answer>, version: number, change: (answer: Answer) => Answer): Part<Answer> {
  return version > part.version ? { version, answer: change(part.answer) } : part
}

function sent({ version, answer }: ChatSnapshot['messages'], message: MessageView): ChatSnapshot['messages'] {
  const known = answer.find(({ id }) => id === message.id)
  if (known !== undefined)
    return {
      version,
      answer: answer.map((each) => (each === known && message.version > known.version ? message : each)),
    }
  if (message.version <= version) throw new Error(`message ${message.seq} is missing in the snapshot`)
  return { version: message.version, answer: [...answer, message].toSorted((a, b) => a.seq - b.seq) }
}

function changed(
  { version: known, answer }: ChatSnapshot['messages'],
  id: string,
  version: number,
  change: (message: MessageView) => MessageView,
): ChatSnapshot['messages'] {
  if (!answer.some((message) => message.id === id))
    throw new Error(`an event is about message ${id}, which is not there`)
  const next = answer.map((message) =>
    message.id === id && version > message.version ? { ...change(message), version } : message,
  )
  return { version: Math.max(known, version), answer: next }
}

/** Their texts are gone; sender, times and reactions stay. */
function expired({ answer }: ChatSnapshot['messages'], beforeSeq: number, version: number): ChatSnapshot['messages'] {
  const nothing = {
    content: null,
    contentHtml: null,
    metadata: null,
    replyTo: null,
    clientMessageId: null,
    type: 'text',
  }
  const none = { mentions: [], mentionsAll: false, linkPreviews: [] }
  const next = answer.map((message) =>
    message.seq < beforeSeq && version > message.version ? { ...message, ...nothing, ...none, version } : message,
  )
  return { version, answer: next }
}

function reacted(message: MessageView, event: string, { emoji, userId, count }: Payload): MessageView {
  const others = message.reactions.filter((reaction) => reaction.emoji !== emoji)
  if (count === 0) return { ...message, reactions: others }
  const known = message.reactions.find((reaction) => reaction.emoji === emoji)?.userIds ?? []
  const userIds = event === 'reaction_added' ? [...without(known, userId), userId] : without(known, userId)
  return { ...message, reactions: [...others, { emoji, count, userIds }] }
}

function memberships(chat: ClientChat, event: string, { version, participant }: Payload, me: string): ClientChat {
  const others = (all: ParticipantView[]) => all.filter(({ id }) => id !== participant.id)
  const change = (update: (all: ParticipantView[]) => ParticipantView[]): ClientChat => ({
    ...chat,
    participants: moved(chat.participants, version, update),
  })
  switch (event) {
    case 'participant_joined':
      return change((all) => [...others(all), participant])
    case 'participant_left':
    case 'participant_removed':
    case 'participant_banned':
      return { ...change(others), isIn: chat.isIn && participant.id !== me }
    case 'participant_role_changed':
      return change((all) =>
        all.map((each) => (each.id === participant.id ? { ...each, role: participant.role } : each)),
      )
    case 'participant_unbanned':
    case 'chat_created':
      return chat
    default:
      throw new Error(`no client knows ${event}`)
  }
}

const without = (ids: readonly string[], id: string): string[] => ids.filter((each) => each !== id)
