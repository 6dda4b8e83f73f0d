import { once } from 'node:events'
import type { EncodedFrames } from './encode-frames.js'
import type { RealtimeServer } from './protocol.js'

/** One client's Engine.IO connection, by polling or websocket. */
export type Connection =
  RealtimeServer['sockets']['sockets'] extends Map<string, infer Socket extends { conn: unknown }>
    ? Socket['conn']
    : never

/** What may wait for a slow client: packets in Engine.IO's buffer, bytes in the websocket's. */
const MAX_WAITING = { packets: 1_000, bytes: 16 * 1024 * 1024 }

/** Parts of Engine.IO and ws that their types leave out; Engine.IO writes more only when the websocket has handed everything to the kernel. */
interface Inner {
  writeBuffer: readonly unknown[]
  write(packet: string, options: object): void
  transport: {
    /** False while something waits to be handed to the kernel. */
    writable: boolean
    socket?: Websocket
    /** Of a polling transport that waits up to 30 s for a poll, to tell the client that it is closed. */
    shouldClose?: (() => void) | null
  }
}

type Websocket = NodeJS.EventEmitter & {
  bufferedAmount: number
  readyState: number
  terminate(): void
  _sender: { sendFrame(parts: readonly Buffer[]): void }
}

const OPEN = 1
const CLOSED = 3

const inner = (connection: Connection): Inner => connection as unknown as Inner

export function isSlow(connection: Connection): boolean {
  const { writeBuffer, transport } = inner(connection)
  return writeBuffer.length > MAX_WAITING.packets || (transport.socket?.bufferedAmount ?? 0) > MAX_WAITING.bytes
}

/**
 * Writes what is encoded: straight to a websocket for which nothing waits, which costs half as much outside of the kernel, else by Engine.IO's
 * buffer. A connection for which too much waits is cut off. Where it is volatile, one for which anything waits misses it.
 */
export function write(connection: Connection, { packets, websocketFrames }: EncodedFrames, isVolatile = false): void {
  const { transport, writeBuffer } = inner(connection)
  const { socket, writable } = transport
  if (packets.length === 0 || connection.readyState !== 'open' || isCut(socket)) return
  const isIdle = writable && writeBuffer.length === 0
  if (isIdle && socket?.bufferedAmount === 0) {
    socket._sender.sendFrame([websocketFrames])
  } else if (isIdle || !isVolatile) {
    const options = packets.length === 1 ? { wsPreEncodedFrame: [websocketFrames] } : {}
    for (const packet of packets) inner(connection).write(packet, { ...options })
    if (isSlow(connection)) cutOff(connection)
  }
}

/** One that was terminated closes only later. */
const isCut = (socket: Websocket | undefined): boolean => socket !== undefined && socket.readyState !== OPEN

/** Resolves when nothing waits to be written. @throws when the signal, asked for where something waits, aborts before that */
export async function drained(connection: Connection, within: () => AbortSignal): Promise<void> {
  if (inner(connection).writeBuffer.length === 0) return
  const signal = within()
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
