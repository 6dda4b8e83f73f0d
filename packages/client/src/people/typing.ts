import { createEmitter } from '../async/emitter.js'
import type { EventFeed } from '../realtime/event-feed.js'
import type { Connection } from '../realtime/connection.js'

/** The server passes on one announcement of a chat in this time. */
const ANNOUNCE_MS = 3_000
/** Who typed is shown for this long. */
const SHOWN_MS = 5_000

export interface Typing {
  /** To be called with each key press: announces it at most once in three seconds, and not while offline. */
  announce(chatId: string): void
  /** The ids of the others who type in the chat. */
  in(chatId: string): readonly string[]
  /** Called with the chat in which someone began or ceased to type. */
  onChange(listener: (chatId: string) => void): () => void
  stop(): void
}

export interface TypingDeps {
  connection: Pick<Connection, 'tell'>
  feed: Pick<EventFeed, 'onOtherEvent' | 'onChatEvent'>
  now?: () => number
}

export function createTyping({ connection, feed, now = Date.now }: TypingDeps): Typing {
  const announced = new Map<string, number>()
  const shown = new Map<string, Map<string, ReturnType<typeof setTimeout>>>()
  const changes = createEmitter<string>()

  function hide(chatId: string, userId: string): void {
    const users = shown.get(chatId)
    const timer = users?.get(userId)
    if (users === undefined || timer === undefined) return
    clearTimeout(timer)
    users.delete(userId)
    if (users.size === 0) shown.delete(chatId)
    changes.emit(chatId)
  }

  function show(chatId: string, userId: string): void {
    const users = shown.get(chatId) ?? new Map<string, ReturnType<typeof setTimeout>>()
    shown.set(chatId, users)
    const known = users.get(userId)
    clearTimeout(known)
    users.set(
      userId,
      setTimeout(() => hide(chatId, userId), SHOWN_MS),
    )
    if (known === undefined) changes.emit(chatId)
  }

  const listeners = [
    feed.onOtherEvent(({ event, payload }) => {
      if (event === 'typing') show(payload.chatId, payload.userId)
    }),
    // Whoever sent a message has ceased to type it.
    feed.onChatEvent(({ event, payload }) => {
      if (event === 'new_message') hide(payload.chatId, payload.sender.id)
    }),
  ]

  return {
    announce(chatId) {
      const last = announced.get(chatId)
      if (last !== undefined && now() - last < ANNOUNCE_MS) return
      announced.set(chatId, now())
      connection.tell('typing', { chatId })
    },
    in: (chatId) => [...(shown.get(chatId)?.keys() ?? [])],
    onChange: (listener) => changes.listen(listener),
    stop() {
      for (const stop of listeners) stop()
      for (const users of shown.values()) for (const timer of users.values()) clearTimeout(timer)
      shown.clear()
    },
  }
}
