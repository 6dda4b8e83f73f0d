import { createEmitter } from '../async/emitter.js'
import { limitConcurrency } from '../async/limit-concurrency.js'
import type { ChatCursors } from './chat-cursors.js'
import type { Connection } from './connection.js'
import { fillGap, type FetchEvents } from './fill-gap.js'
import type { ChatEvent, OtherEvent, Ready } from './server-events.js'

/** The events of all chats of the user, each chat's in order, without gaps and repeats, across reconnects. */
export interface EventFeed {
  onChatEvent(listener: (event: ChatEvent) => void): () => void
  onOtherEvent(listener: (event: OtherEvent) => void): () => void
  /** Called with each chat in which the user does not take part any more. */
  onGone(listener: (chatId: string) => void): () => void
  /** Called after the server has said, on connecting, up to where each chat is. */
  onReady(listener: (ready: Ready) => void): () => void
  /** The version up to which the events of a chat were delivered. */
  cursor(chatId: string): number | undefined
  cursors(): Record<string, number>
  close(): void
}

export interface EventFeedDeps {
  connection: Pick<Connection, 'onEvent' | 'onReady'>
  cursors: ChatCursors
  fetchEvents: FetchEvents
}

/** Chats whose gaps are filled at once. */
const MAX_FILLS = 4

const OTHER_EVENTS: ReadonlySet<string> = new Set<OtherEvent['event']>([
  'read',
  'typing',
  'presence',
  'profile_changed',
  'user_erased',
  'chat_muted',
  'chat_hidden',
])

export function createEventFeed({ connection, cursors, fetchEvents }: EventFeedDeps): EventFeed {
  const chatEvents = createEmitter<ChatEvent>()
  const otherEvents = createEmitter<OtherEvent>()
  const gone = createEmitter<string>()
  const readies = createEmitter<Ready>()
  const closed = new AbortController()
  const { signal } = closed
  const limited = limitConcurrency(MAX_FILLS)

  function receive(event: ChatEvent): void {
    const received = cursors.receive(event)
    if (received.kind === 'next') deliver(received.event)
    else if (received.kind === 'gap') fill(received.chatId)
  }

  /** The event that ends the user's membership is the last of its chat. */
  function deliver(event: ChatEvent): void {
    const { chatId } = event.payload
    chatEvents.emit(event)
    if (cursors.of(chatId) === undefined) gone.emit(chatId)
  }

  const fill = (chatId: string): void =>
    void limited(() => fillGap(chatId, { cursors, fetchEvents, deliver, signal })).then((isGone) => {
      if (isGone) gone.emit(chatId)
    })

  connection.onEvent(({ event, payload }) => {
    if (OTHER_EVENTS.has(event)) otherEvents.emit({ event, payload } as OtherEvent)
    else if (hasVersion(payload)) receive({ event, payload } as ChatEvent)
  })
  connection.onReady((ready: Ready) => {
    const { gone: lost, gaps } = cursors.ready(ready)
    for (const chatId of lost) gone.emit(chatId)
    for (const { chatId } of gaps) fill(chatId)
    readies.emit(ready)
  })

  return {
    onChatEvent: (listener) => chatEvents.listen(listener),
    onOtherEvent: (listener) => otherEvents.listen(listener),
    onGone: (listener) => gone.listen(listener),
    onReady: (listener) => readies.listen(listener),
    cursor: (chatId) => cursors.of(chatId),
    cursors: () => cursors.all(),
    close: () => closed.abort(),
  }
}

const hasVersion = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && 'chatId' in payload && 'version' in payload
