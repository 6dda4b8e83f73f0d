import type { Duplex } from 'node:stream'

const STATUS_LINES = { 403: '403 Forbidden', 503: '503 Service Unavailable' } as const

/** Other listeners find a socket that cannot be written to, and leave it. Does not wait for the client to close its side. */
export function refuseUpgrade(socket: Duplex, status: keyof typeof STATUS_LINES): void {
  socket.on('error', () => undefined)
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${STATUS_LINES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
