import { io, type Socket } from 'socket.io-client'

/** A client that comes back by itself whenever its connection ends, each time with the cursors that it has. */
export interface ResumingClient {
  /** The versions received of a chat, in the order in which they came. */
  versions(chatId: string): number[]
  /** The contents of the messages received. */
  contents: string[]
  /** What must not come: a version left out or repeated, or `resync`. */
  faults: string[]
  /** How often it received `server_draining`. */
  readonly drains: number
  socket: Socket
  /** Resolves at the first `ready`. */
  ready: Promise<void>
}

interface Payload {
  chatId?: string
  version?: number
  fromVersion?: number
  content?: string
}

/** `cursors` are those with which it comes first. It reconnects fast, or when the server asked it to. */
export function openResumingClient(
  url: string,
  { token, cursors: from }: { token: string; cursors: Record<string, number> },
): ResumingClient {
  const cursors = { ...from }
  const versions = new Map<string, number[]>()
  const contents: string[] = []
  const faults: string[] = []
  let drains = 0
  const socket = io(url, {
    auth: (send) => send({ token, cursors }),
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
  })

  socket.onAny((event: string, { chatId, version, fromVersion = version, content }: Payload) => {
    if (chatId === undefined || version === undefined || fromVersion === undefined) return
    const last = cursors[chatId]
    if (event === 'resync') faults.push(`resync of ${chatId} at ${version}`)
    else if (last !== undefined && fromVersion !== last + 1) faults.push(`${event} ${fromVersion} after ${last}`)
    cursors[chatId] = version
    versions.set(chatId, [...(versions.get(chatId) ?? []), version])
    if (event === 'new_message') contents.push(content ?? '')
  })
  socket.on('server_draining', ({ reconnectAfterMs }: { reconnectAfterMs: number }) => {
    drains++
    socket.io.reconnectionDelay(reconnectAfterMs)
  })
  socket.on('ready', () => socket.io.reconnectionDelay(50))
  const ready = new Promise<void>((resolve) => socket.once('ready', () => resolve()))

  return {
    versions: (chatId) => versions.get(chatId) ?? [],
    contents,
    faults,
    get drains() {
      return drains
    },
    socket,
    ready,
  }
}

/** Sends a message over REST, and repeats it with its key until it is answered 201. */
export async function sendUntilAnswered(
  url: string,
  { token, chatId, content }: { token: string; chatId: string; content: string },
): Promise<void> {
  const clientMessageId = crypto.randomUUID()
  for (let status = 0; status !== 201;) {
    const answer = await fetch(`${url}/chats/${chatId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection: 'close' },
      body: JSON.stringify({ content, clientMessageId }),
    }).catch(() => null)
    await answer?.arrayBuffer().catch(() => null)
    status = answer?.status ?? 0
    if (status >= 400 && status !== 503) throw new Error(`a send was answered ${status}`)
  }
}
