import type { Duplex } from 'node:stream'

const FORBIDDEN = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** Whoever else listens finds a socket that cannot be written to, and leaves it. */
export function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => undefined)
  socket.end(FORBIDDEN)
}
