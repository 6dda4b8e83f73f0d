import { once } from 'node:events'
import { connect } from 'node:net'

/** A client of Socket.IO over websocket, live until it is closed. */
export interface SocketConnection {
  emit(event: string, payload: unknown): void
  /** Asks with an acknowledgement; gives its text. */
  ask(event: string, payload: string): Promise<string>
  readonly isOpen: boolean
  close(): void
}

export interface SocketOptions {
  url: string
  auth: object
  /** Hears each event, as its packet stands on the wire: `42["event",payload]`. The bytes are only lent. */
  onEvent?: (packet: Buffer) => void
  onClosed?: () => void
}

export const NEW_MESSAGE = '42["new_message",'
const READY = '42["ready"'
const NOTHING = Buffer.alloc(0)

/**
 * Resolves when the server has said `ready`. It speaks just enough of websocket, Engine.IO 4 and Socket.IO 5 to count and
 * time what arrives: a full client takes longer to read a message than a server to send it, and would itself be measured.
 */
export async function openSocket({ url, auth, onEvent, onClosed }: SocketOptions): Promise<SocketConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  let isOpen = true
  let asked = 0
  const acks = new Map<string, (text: string) => void>()
  const ready = Promise.withResolvers<undefined>()
  const sendText = (text: string): void => void socket.write(frameOf(text))

  function onPacket(packet: Buffer): void {
    const kind = packet.toString('latin1', 0, 2)
    if (kind === '42') {
      if (packet.toString('latin1', 0, READY.length) === READY) ready.resolve(undefined)
      onEvent?.(packet)
    } else if (kind === '2') sendText('3')
    else if (kind === '43') {
      const text = packet.toString('utf8', 2)
      const bracket = text.indexOf('[')
      acks.get(text.slice(0, bracket))?.(text.slice(bracket))
      acks.delete(text.slice(0, bracket))
    } else if (kind === '44') ready.reject(new Error(packet.toString('utf8', 2)))
    else if (kind.startsWith('0')) sendText(`40${JSON.stringify(auth)}`)
  }

  const read = createFrameReader(onPacket)
  let pending: Buffer | null = NOTHING
  socket.on('data', (chunk: Buffer) => {
    if (pending === null) {
      read(chunk)
      return
    }
    pending = Buffer.concat([pending, chunk])
    const end = pending.indexOf('\r\n\r\n')
    if (end === -1) return
    if (pending.toString('latin1', 9, 12) !== '101') ready.reject(new Error(pending.toString('latin1', 0, end)))
    const rest = pending.subarray(end + 4)
    pending = null
    read(rest)
  })
  socket.on('error', () => undefined) // its close follows
  socket.on('close', () => {
    isOpen = false
    ready.reject(new Error('the server closed the socket'))
    onClosed?.()
  })
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  await ready.promise

  return {
    emit: (event, payload) => sendText(`42${JSON.stringify([event, payload])}`),
    ask(event, payload) {
      const id = String(asked++)
      sendText(`42${id}["${event}",${payload}]`)
      return new Promise((resolve) => acks.set(id, resolve))
    },
    get isOpen() {
      return isOpen
    },
    close() {
      onClosed = undefined
      socket.destroy()
    },
  }
}

/** A text frame; the mask that clients must send is all zeros, which leaves the text as it is. */
function frameOf(text: string): Buffer {
  const size = Buffer.byteLength(text)
  const extra = size < 126 ? 0 : 2
  const frame = Buffer.alloc(6 + extra + size)
  frame[0] = 0x81
  frame[1] = 0x80 | (extra === 0 ? size : 126)
  if (extra > 0) frame.writeUInt16BE(size, 2)
  frame.write(text, 6 + extra)
  return frame
}

/** Takes chunks as they come, and gives each whole frame's payload. Servers send neither masks nor fragments here. */
function createFrameReader(onPacket: (packet: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = NOTHING
  return (chunk) => {
    const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    let at = 0
    for (;;) {
      const start = payloadStart(bytes, at)
      const end = start + payloadSize(bytes, at)
      if (!(end <= bytes.length)) break
      const opcode = (bytes[at] ?? 0) & 0x0f
      if (opcode === 1) onPacket(bytes.subarray(start, end))
      at = end
    }
    pending = at === bytes.length ? NOTHING : bytes.subarray(at)
  }
}

const payloadStart = (bytes: Buffer, at: number): number => {
  const size = bytes[at + 1]
  return at + 2 + (size === 126 ? 2 : size === 127 ? 8 : 0)
}

/** NaN while the head is not whole. */
function payloadSize(bytes: Buffer, at: number): number {
  const size = bytes[at + 1] ?? Number.NaN
  if (size === 126) return at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : Number.NaN
  if (size === 127) return at + 10 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 2)) : Number.NaN
  return size
}
