import type { OpenedEvent } from '../../src/privacy/event-reader.js'

export interface NaiveMessage {
  id: string
  seq: number
  sentVersion: number
  senderId: string
  content: string | null
  deleted: boolean
  /** `${emoji} ${userId}` of those that stand. */
  reactions: Set<string>
  pinned: boolean
  /** All that it said before. */
  dead: string[]
}

/**
 * A chat as the log tells it, made in the most simple-minded way, with nothing of the product's own folding, so that it may judge that.
 * It holds for each version who took part and whether everything was shown.
 */
export interface NaiveChat {
  version: number
  messages: NaiveMessage[]
  /** By user id. */
  roles: Map<string, string>
  isArchived: boolean
  /** Whether the user may see what stands at a version. */
  sees(userId: string, version: number): boolean
  readSeq(userId: string): number
  unread(userId: string): number
}

const MAX_UNREAD = 999

/** `events` are all of the log that may concern the chat, in its order. */
export function naiveChat(chatId: string, events: readonly OpenedEvent[]): NaiveChat {
  const roles = new Map<string, string>()
  const tookPart: Set<string>[] = [new Set()]
  const wasFull: boolean[] = [false]
  const messages: NaiveMessage[] = []
  const markers = new Map<string, number>()
  let isFull = false
  let isArchived = false
  let version = 0
  const messageOf = (id: string): NaiveMessage => {
    const found = messages.find((message) => message.id === id)
    if (found === undefined) throw new Error(`the log says something of message ${id} before it was sent`)
    return found
  }

  for (const { stream, event, version: at } of events) {
    if (event.type === 'ChatsRead') {
      for (const { chatId: about, seq, unread } of event.chats)
        if (about === chatId && roles.has(event.userId))
          markers.set(event.userId, unread === true ? seq : Math.max(seq, markers.get(event.userId) ?? 0))
    }
    if (stream !== `chat-${chatId}`) continue
    version = at
    const before = [...roles.keys()]
    switch (event.type) {
      case 'ChatCreated':
        isFull = event.historyVisibility === 'full'
        for (const { userId, role } of event.participants) {
          roles.set(userId, role)
          markers.set(userId, 0)
        }
        break
      case 'ParticipantJoined':
      case 'ParticipantAdded':
        roles.set(event.userId, event.type === 'ParticipantAdded' ? event.role : 'member')
        markers.set(event.userId, messages.length)
        break
      case 'ParticipantLeft':
      case 'ParticipantRemoved':
      case 'ParticipantBanned':
        roles.delete(event.userId)
        break
      case 'ParticipantRoleChanged':
        roles.set(event.userId, event.role)
        break
      case 'ChatChanged':
        if (event.historyVisibility !== undefined) isFull = event.historyVisibility === 'full'
        break
      case 'ChatArchived':
      case 'ChatUnarchived':
        isArchived = event.type === 'ChatArchived'
        break
      case 'MessageSent': {
        const { messageId: id, seq, senderId, content } = event
        const fresh = { deleted: false, reactions: new Set<string>(), pinned: false, dead: [] }
        messages.push({ id, seq, sentVersion: at, senderId, content, ...fresh })
        markers.set(senderId, seq)
        break
      }
      case 'MessageEdited':
      case 'MessageDeleted': {
        const message = messageOf(event.messageId)
        message.dead.push(message.content ?? '')
        message.content = event.type === 'MessageEdited' ? event.content : null
        message.deleted = event.type === 'MessageDeleted'
        if (message.deleted) message.reactions.clear()
        break
      }
      case 'ReactionAdded':
        messageOf(event.messageId).reactions.add(`${event.emoji} ${event.userId}`)
        break
      case 'ReactionRemoved':
        messageOf(event.messageId).reactions.delete(`${event.emoji} ${event.userId}`)
        break
      case 'MessagePinned':
      case 'MessageUnpinned':
        messageOf(event.messageId).pinned = event.type === 'MessagePinned'
        break
      default:
    }
    tookPart[at] = new Set([...before, ...roles.keys()])
    wasFull[at] = isFull
  }

  const readSeq = (userId: string): number => markers.get(userId) ?? 0
  const sees = (userId: string, at: number): boolean =>
    roles.has(userId) && (tookPart[at]?.has(userId) === true || wasFull[at] === true)
  const isUnread = (userId: string, { seq, deleted, sentVersion }: NaiveMessage): boolean =>
    seq > readSeq(userId) && !deleted && sees(userId, sentVersion)
  return {
    version,
    messages,
    roles,
    isArchived,
    sees,
    readSeq,
    unread: (userId) => Math.min(MAX_UNREAD, messages.filter((message) => isUnread(userId, message)).length),
  }
}
