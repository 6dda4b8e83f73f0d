import type { Duplex } from 'node:stream'

const FORBIDDEN = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** Other listeners find a socket that cannot be written to, and leave it. Does not wait for the client to close its side. */
export function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => undefined)
  socket.once('finish', () => socket.destroy())
  socket.end(FORBIDDEN)
}
