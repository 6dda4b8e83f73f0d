import type { AboutMessage } from '../../domain/chat/message-fact.js'
import type { Position } from '../../eventstore/event-log.js'

/** What has happened to the messages of one stream after a position, for what the decision index has not reached. Bounded likewise. */
export interface RecentMessages {
  readonly size: number
  /** In the order of the stream. */
  about(messageId: string): readonly AboutMessage[]
  /** Called in the order of the stream; gives the position up to which something was dropped, null where nothing was. */
  note(messageId: string, about: AboutMessage, position: Position): Position | null
  forgetUpTo(position: Position): void
}

interface Entry {
  messageId: string
  position: Position
}

export function createRecentMessages(
  comparePositions: (a: Position, b: Position) => number,
  most = 10_000,
): RecentMessages {
  const byMessage = new Map<string, AboutMessage[]>()
  let entries: Entry[] = []
  /** Entries before it are gone; they are cut off now and then. */
  let first = 0

  function dropFirst(): Position | null {
    const entry = entries[first++]
    if (entry === undefined) return null
    const rest = byMessage.get(entry.messageId)?.slice(1) ?? []
    if (rest.length === 0) byMessage.delete(entry.messageId)
    else byMessage.set(entry.messageId, rest)
    if (first > entries.length / 2) {
      entries = entries.slice(first)
      first = 0
    }
    return entry.position
  }

  return {
    get size() {
      return entries.length - first
    },
    about: (messageId) => byMessage.get(messageId) ?? [],
    note(messageId, about, position) {
      const known = byMessage.get(messageId)
      if (known === undefined) byMessage.set(messageId, [about])
      else known.push(about)
      entries.push({ messageId, position })
      return entries.length - first > most ? dropFirst() : null
    },
    forgetUpTo(position) {
      for (let next = entries[first]; next !== undefined; next = entries[first]) {
        if (comparePositions(next.position, position) > 0) return
        dropFirst()
      }
    },
  }
}
