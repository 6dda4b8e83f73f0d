import { iterateEvents, type IterateOptions } from './chats/event-iterator.js'
import type { BackoffOptions } from './async/backoff.js'
import { openChat, type LiveChat } from './chats/live-chat.js'
import { ParleyError } from './parley-error.js'
import { createPresenceWatch, type PresenceWatch } from './people/presence.js'
import { createTyping, type Typing } from './people/typing.js'
import { createApi, type Api } from './rest/api.js'
import type { Fetch } from './rest/send-request.js'
import { createOutbox, type MessageInput, type Outbox, type SentMessage } from './sending/outbox.js'
import { createSession, type Session } from './session/session.js'
import type { TokenStore } from './session/tokens.js'
import { createChatCursors } from './realtime/chat-cursors.js'
import { createConnection, type Connection } from './realtime/connection.js'
import { createEventFeed, type EventFeed } from './realtime/event-feed.js'
import { fetchEventsWith } from './realtime/fetch-events.js'
import type { ChatEvent, Message } from './realtime/server-events.js'

export interface ParleyOptions {
  /** Of the server, without a path: `https://chat.example.com`. */
  url: string
  /** Where the tokens are kept; by default in memory. */
  tokens?: TokenStore
  /** For each chat, the version from which to go on, as `parley.feed.cursors()` gave it before. */
  cursors?: Record<string, number>
  /** Called for every request; by default the global `fetch`. */
  fetch?: Fetch
  backoff?: BackoffOptions
  /** How long a command over the socket may take before it is repeated. */
  ackTimeoutMs?: number
  onError?: (error: ParleyError) => void
}

/** The client of one user at a time. */
export interface Parley {
  readonly session: Session
  readonly api: Api
  readonly connection: Connection
  readonly feed: EventFeed
  readonly outbox: Outbox
  readonly typing: Typing
  readonly presence: PresenceWatch
  /** Connects the socket, and keeps it connected. Resolves when the events are live. */
  connect(): Promise<void>
  /** Sends a message, once: over reconnects and repeats. Without a connection it waits for one, in the order of its chat. */
  send(chatId: string, input: MessageInput): SentMessage
  /** The events of one chat, in order, without gaps and repeats. */
  events(chatId: string, options?: IterateOptions): AsyncGenerator<ChatEvent, void, undefined>
  /** The chat as a client shows it: its latest messages, participants, pins and what is being sent, kept up to date. */
  open(chatId: string, options?: { pageSize?: number }): Promise<LiveChat>
  /** Ends the connection, all iterations and all that waits to be sent. */
  close(): void
}

const MAX_HANDSHAKE_CURSORS = 1_000

export function createParley(options: ParleyOptions): Parley {
  const { url, tokens, fetch, backoff, ackTimeoutMs, onError } = options
  const http = { url, ...(fetch && { fetch }) }
  const session = createSession({ ...http, ...(tokens && { tokens }) })
  const api = createApi({ ...http, session })
  let userId: string | null = null
  const cursors = createChatCursors(() => userId, options.cursors)
  const connection = createConnection({
    url,
    session,
    cursors: () => Object.fromEntries(Object.entries(cursors.all()).slice(0, MAX_HANDSHAKE_CURSORS)),
    ...(backoff && { backoff }),
    ...(ackTimeoutMs !== undefined && { ackTimeoutMs }),
  })
  connection.onReady((ready) => (userId = ready.userId))
  const fetchEvents = fetchEventsWith(api)
  const feed = createEventFeed({ connection, cursors, fetchEvents })
  const outbox = createOutbox({
    online: (signal) => connection.online(signal),
    async transmit({ chatId, clientMessageId, input }) {
      const ack = await connection.ask('send_message', { ...input, chatId, clientMessageId })
      return ack['message'] as Message
    },
  })
  const closed = new AbortController()
  const onFailure = (error: unknown): void =>
    onError?.(
      error instanceof ParleyError ? error : new ParleyError({ code: 'unexpected-answer', title: String(error) }),
    )
  connection.onError(onFailure)
  const typing = createTyping({ connection, feed })
  const presence = createPresenceWatch({ api, feed, onFailure })
  const iterateDeps = { feed, fetchEvents, closed: closed.signal }

  session.onChange((changed) => {
    if (changed?.userId === userId || userId === null) return
    userId = null
    connection.disconnect()
    cursors.clear()
    outbox.clear('signed-out')
  })
  feed.onChatEvent(({ event, payload }) => {
    if (event === 'new_message') outbox.accepted(payload)
  })

  return {
    session,
    api,
    connection,
    feed,
    outbox,
    typing,
    presence,
    connect: () => connection.connect(),
    send: (chatId, input) => outbox.send(chatId, input),
    events: (chatId, iterate = {}) => iterateEvents(chatId, iterate, iterateDeps),
    open: (chatId, open = {}) => openChat(chatId, open, { ...iterateDeps, feed, api, outbox, onFailure }),
    close() {
      closed.abort()
      connection.disconnect()
      outbox.clear('closed')
      typing.stop()
      presence.stop()
      feed.close()
      session.close()
    },
  }
}
