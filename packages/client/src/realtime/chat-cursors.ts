import type { ChatEvent, Ready } from './server-events.js'

/** What is to be done with an event that came. */
export type Received =
  /** It is the next one. */
  | { kind: 'next'; event: ChatEvent }
  /** It is known already, or is fetched with the events before it. */
  | { kind: 'known' }
  /** Events before it are missing: everything above `after` must be fetched. */
  | { kind: 'gap'; chatId: string; after: number }

/**
 * Up to which version each chat's events were delivered. While a gap is being filled, what comes live is not kept: `target` says how far the
 * filling has to reach, so that no number of events takes memory.
 */
export interface ChatCursors {
  receive(event: ChatEvent): Received
  /** The part of a fetched event that was not delivered yet; null where all of it was. */
  fill(event: ChatEvent): ChatEvent | null
  /** What `ready` says: chats that are new are followed from there on. Returns those that are gone, and the gaps that are left. */
  ready(ready: Ready): { gone: string[]; gaps: { chatId: string; after: number }[] }
  of(chatId: string): number | undefined
  /** How far a gap must be filled; null where there is none. */
  target(chatId: string): number | null
  filled(chatId: string): void
  forget(chatId: string): void
  clear(): void
  all(): Record<string, number>
}

interface Cursor {
  version: number
  target: number | null
}

const ENDINGS = new Set(['participant_left', 'participant_removed', 'participant_banned'])

export function createChatCursors(userId: () => string | null, initial: Record<string, number> = {}): ChatCursors {
  const cursors = new Map<string, Cursor>(
    Object.entries(initial).map(([chatId, version]) => [chatId, { version, target: null }]),
  )

  function gap(chatId: string, cursor: Cursor, target: number): Received {
    const isFilling = cursor.target !== null
    cursor.target = Math.max(cursor.target ?? 0, target)
    return isFilling ? { kind: 'known' } : { kind: 'gap', chatId, after: cursor.version }
  }

  /** The event that ends the user's own membership is the last of its chat. */
  function advance(event: ChatEvent): void {
    const { chatId, version } = event.payload
    if (ENDINGS.has(event.event) && participantOf(event) === userId()) return void cursors.delete(chatId)
    const cursor = cursors.get(chatId)
    if (cursor === undefined) cursors.set(chatId, { version, target: null })
    else cursor.version = version
  }

  /** Of skipped versions, those that are known already are left out. */
  function taken(event: ChatEvent, { version }: Cursor): ChatEvent {
    advance(event)
    if (event.event !== 'skipped') return event
    return { event: 'skipped', payload: { ...event.payload, fromVersion: version + 1 } }
  }

  return {
    receive(event) {
      const { chatId, version } = event.payload
      const cursor = cursors.get(chatId)
      if (event.event === 'resync') {
        cursors.set(chatId, { version, target: null })
        return { kind: 'next', event }
      }
      if (cursor === undefined) {
        advance(event)
        return { kind: 'next', event }
      }
      if (version <= cursor.version) return { kind: 'known' }
      if (firstVersion(event) > cursor.version + 1) return gap(chatId, cursor, version)
      return { kind: 'next', event: taken(event, cursor) }
    },
    fill(event) {
      const cursor = cursors.get(event.payload.chatId)
      return cursor === undefined || event.payload.version <= cursor.version ? null : taken(event, cursor)
    },
    ready({ chats }) {
      const gone = [...cursors.keys()].filter((chatId) => !(chatId in chats))
      for (const chatId of gone) cursors.delete(chatId)
      const gaps: { chatId: string; after: number }[] = []
      for (const [chatId, { version }] of Object.entries(chats)) {
        const cursor = cursors.get(chatId)
        if (cursor === undefined) cursors.set(chatId, { version, target: null })
        else if (version > cursor.version && gap(chatId, cursor, version).kind === 'gap')
          gaps.push({ chatId, after: cursor.version })
      }
      return { gone, gaps }
    },
    of: (chatId) => cursors.get(chatId)?.version,
    target: (chatId) => cursors.get(chatId)?.target ?? null,
    filled(chatId) {
      const cursor = cursors.get(chatId)
      if (cursor !== undefined) cursor.target = null
    },
    forget: (chatId) => void cursors.delete(chatId),
    clear: () => cursors.clear(),
    all: () => Object.fromEntries([...cursors].map(([chatId, { version }]) => [chatId, version])),
  }
}

/** Of skipped versions the first. */
export const firstVersion = ({ event, payload }: ChatEvent): number =>
  event === 'skipped' ? payload.fromVersion : payload.version

const participantOf = ({ payload }: ChatEvent): string | null =>
  'participant' in payload ? payload.participant.id : null
