import type { AnyEvent } from './any-event.js'
import type { PublicEvent } from './event.js'
import { idOf } from './streams.js'

const MAX_UNREAD = 999

export interface Reading {
  readSeq: number
  unread: number
}

/** What of the log the counts of unread messages are made of, folded in its order. */
export interface UnreadCounts {
  fold(stream: string, event: PublicEvent<AnyEvent>): void
  /** Of everyone who takes part in a chat, by `${chatId} ${userId}`. */
  readings(): Map<string, Reading>
}

interface ChatCounts {
  lastSeq: number
  deleted: number[]
  /** By the ids of those who take part. */
  readSeqs: Map<string, number>
}

/**
 * Recounts from the log what everyone has not read. `deletedIds` are the ids of all messages that it deletes anywhere: only their seqs are
 * remembered, so that memory grows with people and deletions, not with messages.
 */
export function countUnread(deletedIds: ReadonlySet<string>): UnreadCounts {
  const chats = new Map<string, ChatCounts>()
  const seqs = new Map<string, number>()

  function chatOf(chatId: string): ChatCounts {
    const known = chats.get(chatId) ?? { lastSeq: 0, deleted: [], readSeqs: new Map<string, number>() }
    chats.set(chatId, known)
    return known
  }

  function raise({ readSeqs }: ChatCounts, userId: string, seq: number): void {
    const known = readSeqs.get(userId)
    if (known !== undefined) readSeqs.set(userId, Math.max(known, seq))
  }

  return {
    fold(stream, event) {
      switch (event.type) {
        case 'ChatCreated':
          for (const { userId } of event.participants) chatOf(idOf(stream)).readSeqs.set(userId, 0)
          return
        case 'ParticipantJoined':
        case 'ParticipantAdded':
          chatOf(idOf(stream)).readSeqs.set(event.userId, event.lastSeq)
          return
        case 'ParticipantLeft':
        case 'ParticipantRemoved':
        case 'ParticipantBanned':
          chatOf(idOf(stream)).readSeqs.delete(event.userId)
          return
        case 'MessageSent': {
          const chat = chatOf(idOf(stream))
          chat.lastSeq = event.seq
          raise(chat, event.senderId, event.seq)
          if (deletedIds.has(event.messageId)) seqs.set(event.messageId, event.seq)
          return
        }
        case 'MessageDeleted': {
          const seq = seqs.get(event.messageId)
          if (seq !== undefined) chatOf(idOf(stream)).deleted.push(seq)
          return
        }
        case 'ChatsRead':
          for (const { chatId, seq, unread } of event.chats) {
            const chat = chatOf(chatId)
            if (unread !== true) raise(chat, event.userId, seq)
            else if (chat.readSeqs.has(event.userId)) chat.readSeqs.set(event.userId, seq)
          }
          return
        default:
      }
    },

    readings() {
      const all = new Map<string, Reading>()
      for (const [chatId, { lastSeq, deleted, readSeqs }] of chats)
        for (const [userId, readSeq] of readSeqs) {
          const gone = deleted.filter((seq) => seq > readSeq).length
          all.set(`${chatId} ${userId}`, { readSeq, unread: Math.min(MAX_UNREAD, lastSeq - readSeq - gone) })
        }
      return all
    },
  }
}
