import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'
import type { ClientInfo } from '../domain/client-info.js'

/** The client of a request, for limits, audit and the log (which keeps it sealed): the same for REST and sockets. */
export type ClientAddress = (request: IncomingMessage) => ClientInfo

const MAX_USER_AGENT_LENGTH = 512

/**
 * `X-Forwarded-For` is read from its end, as far as those go who are trusted: who is nobody's proxy cannot choose an address. With no
 * proxies, no header is believed.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const ipOf = trustedProxies.length === 0 ? peerOf : forwardedBy(proxyAddr.compile([...trustedProxies]))
  return (request) => ({
    ip: ipOf(request),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_LENGTH),
  })
}

/** An IPv4 client of a socket that listens on IPv6 too shows as ::ffff:192.0.2.1. */
const plain = (ip: string): string => ip.replace(/^::ffff:(?=[\d.]+$)/i, '')

const peerOf = ({ socket }: IncomingMessage): string => plain(socket.remoteAddress ?? '')

/** What a trusted proxy passes on may still be no address: then it is that proxy's own. */
function forwardedBy(isTrusted: (address: string, hop: number) => boolean) {
  return (request: IncomingMessage): string => {
    if (request.headers['x-forwarded-for'] === undefined || request.socket.remoteAddress === undefined)
      return peerOf(request)
    const found = plain(proxyAddr(request, isTrusted))
    return isIP(found) === 0 ? peerOf(request) : found
  }
}
