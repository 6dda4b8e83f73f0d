import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { isSocketUpgrade } from '../realtime/socket-upgrade.js'
import { ignoreUpgrades } from './ignore-upgrade.js'
import { boundUnreadAnswers, type UnreadBounds } from './unread-answers.js'

/** A token is under 1 KiB; Node answers 431 to more. */
const MAX_HEADER_BYTES = 16 * 1024
/** For a whole head, and for a whole request with its body. Node answers 408. */
const HEAD_MS = 10_000
const REQUEST_MS = 30_000
/** How often Node looks for requests that are too slow. */
const CHECK_MS = 5_000
/** A proxy in front keeps connections for less (deploy/nginx.conf), so that no request meets a closed one. */
const IDLE_MS = 5_000

export interface HttpServer {
  server: Server
  /** Handles requests, but none that was pipelined on a connection that has been ended meanwhile: all of one packet are parsed at once. */
  onRequest(listener: RequestListener): void
  /** Accepts no more connections and waits for the answers under way; after `finishMs` it ends every connection, whatever it is used for. */
  close(finishMs: number): Promise<void>
}

/**
 * A server that waits for no client for long. It follows upgrades to Socket.IO, and ignores the header elsewhere: by
 * `shouldUpgradeCallback` where Node has it (24.9), though that drops what is pipelined in one packet behind such a request.
 */
export function createHttpServer(options: ServerOptions = {}, bounds: Partial<UnreadBounds> = {}): HttpServer {
  const unreadAnswers = boundUnreadAnswers(bounds)
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEAD_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: CHECK_MS,
    shouldUpgradeCallback: isSocketUpgrade,
    ServerResponse: unreadAnswers.Response,
    ...options,
  })
  server.maxHeadersCount = 0 // Node would drop the rest silently, perhaps the one that names the client; bytes bound them
  ignoreUpgrades(server, isSocketUpgrade, unreadAnswers)
  const connections = trackConnections(server)
  return {
    server,
    onRequest: (listener) =>
      server.on('request', (request, response) => {
        if (!request.socket.destroyed) listener(request, response)
      }),
    async close(finishMs) {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const timer = setTimeout(() => connections.forEach((socket) => socket.destroy()), finishMs)
      await closed
      clearTimeout(timer)
    },
  }
}

/** All of them, upgraded ones included: `closeAllConnections` knows only those that still speak HTTP. */
function trackConnections(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    if (connections.has(socket)) return // given back by `ignoreUpgrades`
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  return connections
}
