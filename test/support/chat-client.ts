import { io, type Socket } from 'socket.io-client'
import { eventually } from './eventually.js'
import { foldAll, fromSnapshot, type ChatSnapshot, type ClientChat, type ClientEvent } from './client-model.js'

interface Held {
  /** Null until it is fetched. */
  snapshot: ChatSnapshot | null
  /** What came over sockets since, whichever they were. */
  events: ClientEvent[]
  /** The last version that came. */
  cursor: number
}

/** The client of one user: sockets that come and go, at any node, and what it makes of snapshots and events. */
export interface ChatClient {
  /** Comes in at a node with the cursors that it has; resolves with `ready`. */
  connect(url: string): Promise<void>
  disconnect(): void
  /** Fetches the chat's snapshot where it has none yet. */
  open(chatId: string): Promise<void>
  /** The chats that it knows of. */
  chatIds(): string[]
  cursor(chatId: string): number | undefined
  /** What it shows of a chat that was opened; null for one it knows nothing of. */
  shows(chatId: string): ClientChat | null
  /** Every event received, in order, from all its sockets. */
  received: ClientEvent[]
  /** Where a version was left out, or came twice. */
  holes: string[]
  socket(): Socket
}

export interface ChatClientDeps {
  userId: string
  token(): string
  /** Null where the user is not in the chat. */
  fetch(chatId: string): Promise<ChatSnapshot | null>
}

const endings = ['participant_left', 'participant_removed', 'participant_banned']

export function createChatClient({ userId, token, fetch }: ChatClientDeps): ChatClient {
  const chats = new Map<string, Held>()
  const received: ClientEvent[] = []
  const holes: string[] = []
  let socket: Socket | undefined

  function hear(
    event: string,
    payload: { chatId?: string; version?: number; fromVersion?: number; participant?: { id: string } },
  ): void {
    received.push({ event, payload })
    const { chatId, version } = payload
    if (event === 'ready') beReady(payload as { chats: Record<string, { version: number }> })
    if (chatId === undefined || version === undefined) return
    const aboutMe = payload.participant?.id === userId
    if (event === 'resync') return void chats.set(chatId, { snapshot: null, events: [], cursor: version })
    const { fromVersion = version } = payload
    const last = chats.get(chatId)?.cursor
    if (last !== undefined && fromVersion !== last + 1)
      holes.push(`${event} of version ${fromVersion} after version ${last} of ${chatId}`)
    const held = chats.get(chatId) ?? { snapshot: null, events: [], cursor: version }
    held.events.push({ event, payload })
    held.cursor = version
    chats.set(chatId, held)
    if (aboutMe && endings.includes(event)) chats.delete(chatId)
  }

  /** A chat that is missing there is one it is no longer in. */
  function beReady({ chats: now }: { chats: Record<string, { version: number }> }): void {
    for (const chatId of chats.keys()) if (!(chatId in now)) chats.delete(chatId)
    for (const [chatId, { version }] of Object.entries(now))
      if (!chats.has(chatId)) chats.set(chatId, { snapshot: null, events: [], cursor: version })
  }

  return {
    received,
    holes,
    async connect(url) {
      socket?.disconnect()
      const cursors = Object.fromEntries([...chats].map(([chatId, { cursor }]) => [chatId, cursor]))
      const opened = io(url, {
        auth: { token: token(), cursors },
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      })
      socket = opened
      // What a socket still delivers after it was closed is ignored: the next one delivers it again.
      const state = { ready: false, refused: '' }
      opened.onAny((event: string, payload: object) => {
        if (socket !== opened) return
        hear(event, payload)
        state.ready ||= event === 'ready'
      })
      opened.on('connect_error', ({ message }) => (state.refused = message))
      await eventually(() => {
        if (!state.ready) throw new Error(`not ready: ${state.refused}`)
      })
    },
    disconnect() {
      const closed = socket
      socket = undefined
      closed?.disconnect()
    },
    async open(chatId) {
      const held = chats.get(chatId)
      if (held === undefined || held.snapshot !== null) return
      const snapshot = await fetch(chatId)
      // It may have ended or started again meanwhile.
      if (chats.get(chatId) === held) held.snapshot = snapshot
    },
    chatIds: () => [...chats.keys()],
    cursor: (chatId) => chats.get(chatId)?.cursor,
    shows(chatId) {
      const held = chats.get(chatId)
      if (held?.snapshot == null) return null
      const client = fromSnapshot(held.snapshot)
      const above = held.events.filter(({ payload }) => (payload as { version: number }).version > client.cursor)
      return foldAll(client, above, userId)
    },
    socket() {
      if (socket === undefined) throw new Error('the client is away')
      return socket
    },
  }
}
