import type { IncomingMessage } from 'node:http'

/** Where Socket.IO listens; the trailing slash is part of it. */
const SOCKET_PATH = '/socket.io/'

/** Whether an upgrade is Socket.IO's to answer. Every other `Upgrade` header is ignored (RFC 9110, 7.8). */
export const isSocketUpgrade = ({ url = '' }: IncomingMessage): boolean => url.startsWith(SOCKET_PATH)
