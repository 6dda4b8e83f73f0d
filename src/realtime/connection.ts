import { once } from 'node:events'
import type { RealtimeServer } from './protocol.js'

/** One client's Engine.IO connection, by polling or websocket. */
export type Connection =
  RealtimeServer['sockets']['sockets'] extends Map<string, infer Socket extends { conn: unknown }>
    ? Socket['conn']
    : never

/** What may wait for a slow client: packets in Engine.IO's buffer, bytes in the websocket's. */
const MAX_WAITING = { packets: 1_000, bytes: 16 * 1024 * 1024 }

/** Parts of Engine.IO that its types leave out; it writes more only when the websocket has handed everything to the kernel. */
interface Inner {
  writeBuffer: readonly unknown[]
  transport: {
    socket?: { bufferedAmount: number; readyState: number; terminate(): void } & NodeJS.EventEmitter
    /** Of a polling transport that waits up to 30 s for a poll, to tell the client that it is closed. */
    shouldClose?: (() => void) | null
  }
}

const CLOSED = 3

const inner = (connection: Connection): Inner => connection as unknown as Inner

export function isSlow(connection: Connection): boolean {
  const { writeBuffer, transport } = inner(connection)
  return writeBuffer.length > MAX_WAITING.packets || (transport.socket?.bufferedAmount ?? 0) > MAX_WAITING.bytes
}

/** Resolves when nothing waits to be written. @throws when `signal` aborts before that */
export async function drained(connection: Connection, signal: AbortSignal): Promise<void> {
  while (inner(connection).writeBuffer.length > 0) await once(connection, 'drain', { signal })
}

/** Ends it at once. What waits to be written is lost, and the client resumes by its cursors. */
export function cutOff(connection: Connection): void {
  const { socket } = inner(connection).transport
  if (socket !== undefined) return socket.terminate()
  connection.close(true)
  endTransport(connection)
}

/** Lets a closing polling transport wait no longer. Engine.IO leaves that to a timer, also where no poll can reach the transport any more. */
export function endTransport(connection: Connection): void {
  inner(connection).transport.shouldClose?.()
}

/** Ends it when everything is written and the client has closed its side; at the latest when `signal` aborts. */
export async function closeGently(connection: Connection, signal: AbortSignal): Promise<void> {
  const { socket } = inner(connection).transport
  connection.close()
  const closed = socket ?? connection
  const isClosed = socket === undefined ? connection.readyState === 'closed' : socket.readyState === CLOSED
  if (!isClosed) await once(closed, 'close', { signal }).catch(() => undefined)
  cutOff(connection)
}
