import { firstVersion } from '../realtime/chat-cursors.js'
import type { EventFeed } from '../realtime/event-feed.js'
import type { ChatEvent } from '../realtime/server-events.js'

/** The live events of one chat for a reader that takes them one by one. */
export interface EventBuffer {
  /** The next event; undefined where none is held. */
  take(): ChatEvent | undefined
  /** The version of the last event that was taken; null before the first, where it began with whatever comes. */
  readonly taken: number | null
  /** Events above `taken` are to be fetched, because they are not held. */
  readonly isBehind: boolean
  /** Adds events that were fetched; `reached` says up to which version, and that there are no more. */
  add(events: readonly ChatEvent[], reached: number | null): void
  /** The user does not take part any more. */
  readonly isGone: boolean
  /** Calls the listener whenever anything of this changes. */
  onChange: () => void
  stop(): void
}

/** Holds at most `maxBuffered` live events; those beyond, and those that came before the reader, are to be fetched. */
export function createEventBuffer(
  chatId: string,
  start: number | null,
  maxBuffered: number,
  feed: Pick<EventFeed, 'onChatEvent' | 'onGone' | 'onReady' | 'cursor'>,
): EventBuffer {
  const held: ChatEvent[] = []
  let taken = start
  let isBehind = start !== null && start !== feed.cursor(chatId)
  let isGone = false

  const newest = (): number | null => held.at(-1)?.payload.version ?? taken

  function receive(event: ChatEvent): void {
    if (event.payload.chatId !== chatId) return
    const last = newest()
    const isNext = last === null || event.event === 'resync' || firstVersion(event) <= last + 1
    if (isBehind || !isNext || held.length >= maxBuffered) isBehind = true
    else held.push(event)
    buffer.onChange()
  }

  /** A chat that becomes known only now may have had events since `start`. */
  function ready(): void {
    const last = newest()
    if (last !== null && (feed.cursor(chatId) ?? last) > last) isBehind = true
    buffer.onChange()
  }

  function gone(other: string): void {
    isGone ||= other === chatId
    buffer.onChange()
  }

  const listeners = [feed.onChatEvent(receive), feed.onReady(ready), feed.onGone(gone)]
  const buffer: EventBuffer = {
    take() {
      const event = held.shift()
      if (event !== undefined) taken = event.payload.version
      return event
    },
    get taken() {
      return taken
    },
    get isBehind() {
      return held.length === 0 && isBehind && taken !== null
    },
    add(events, reached) {
      held.push(...events)
      // What comes from here on is held.
      if (reached !== null && (feed.cursor(chatId) ?? 0) <= reached) isBehind = false
    },
    get isGone() {
      return isGone
    },
    onChange: () => undefined,
    stop() {
      for (const stop of listeners) stop()
    },
  }
  return buffer
}
