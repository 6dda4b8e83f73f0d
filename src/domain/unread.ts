import type { AnyEvent } from './any-event.js'
import type { PublicEvent } from './event.js'
import { idOf } from './streams.js'
import { visibleRanges, type Membership, type VisibilitySetting } from './visibility.js'

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

/** Spans are of seqs instead of versions, for both ascend together: each begins after the last seq of its moment. */
interface ChatCounts {
  lastSeq: number
  deleted: number[]
  /** By the ids of those who take part. */
  readSeqs: Map<string, number>
  memberships: Map<string, Membership[]>
  settings: VisibilitySetting[]
}

/**
 * Recounts from the log what everyone has not read: the messages above their marker that they may see and that are not deleted.
 * `deletedIds` are the ids of all messages that it deletes anywhere: only their seqs are kept, so that memory grows with memberships,
 * settings and deletions, not with messages.
 */
export function countUnread(deletedIds: ReadonlySet<string>): UnreadCounts {
  const chats = new Map<string, ChatCounts>()
  const seqs = new Map<string, number>()

  function chatOf(chatId: string): ChatCounts {
    const known = chats.get(chatId) ?? emptyChat()
    chats.set(chatId, known)
    return known
  }

  function begin({ readSeqs, memberships, lastSeq }: ChatCounts, userId: string, readSeq: number): void {
    readSeqs.set(userId, readSeq)
    memberships.set(userId, [...(memberships.get(userId) ?? []), { fromVersion: lastSeq + 1, toVersion: null }])
  }

  function end({ readSeqs, memberships, lastSeq }: ChatCounts, userId: string): void {
    if (!readSeqs.delete(userId)) return
    const last = memberships.get(userId)?.at(-1)
    if (last !== undefined) last.toVersion = lastSeq
  }

  function raise({ readSeqs }: ChatCounts, userId: string, seq: number): void {
    const known = readSeqs.get(userId)
    if (known !== undefined) readSeqs.set(userId, Math.max(known, seq))
  }

  return {
    fold(stream, event) {
      switch (event.type) {
        case 'ChatCreated': {
          const chat = chatOf(idOf(stream))
          chat.settings.push({ fromVersion: 1, visibility: event.historyVisibility })
          for (const { userId } of event.participants) begin(chat, userId, 0)
          return
        }
        case 'ChatChanged': {
          const { historyVisibility: visibility } = event
          const chat = chatOf(idOf(stream))
          if (visibility !== undefined) chat.settings.push({ fromVersion: chat.lastSeq + 1, visibility })
          return
        }
        case 'ParticipantJoined':
        case 'ParticipantAdded':
          begin(chatOf(idOf(stream)), event.userId, event.lastSeq)
          return
        case 'ParticipantLeft':
        case 'ParticipantRemoved':
        case 'ParticipantBanned':
          end(chatOf(idOf(stream)), event.userId)
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
      for (const [chatId, chat] of chats)
        for (const [userId, readSeq] of chat.readSeqs)
          all.set(`${chatId} ${userId}`, { readSeq, unread: Math.min(MAX_UNREAD, unreadOf(chat, userId, readSeq)) })
      return all
    },
  }
}

const emptyChat = (): ChatCounts => ({
  lastSeq: 0,
  deleted: [],
  readSeqs: new Map(),
  memberships: new Map(),
  settings: [],
})

function unreadOf({ lastSeq, deleted, memberships, settings }: ChatCounts, userId: string, readSeq: number): number {
  const ranges = visibleRanges(memberships.get(userId) ?? [], settings)
  return ranges.reduce((sum, [from, to]) => {
    const [first, last] = [Math.max(from, readSeq + 1), Math.min(to, lastSeq)]
    const gone = deleted.filter((seq) => first <= seq && seq <= last).length
    return sum + Math.max(0, last - first + 1) - gone
  }, 0)
}
