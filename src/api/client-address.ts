import type { IncomingMessage } from 'node:http'

const MAX_USER_AGENT_LENGTH = 512

/** Whence a request came, as the log keeps it, sealed. No header is believed about the address. */
export function clientAddress({ socket, headers }: IncomingMessage): { ip: string; userAgent: string } {
  return {
    // An IPv4 client of a socket that listens on IPv6 too shows as ::ffff:192.0.2.1.
    ip: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    userAgent: (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_LENGTH),
  }
}
