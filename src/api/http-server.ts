import { createServer, type Server, type ServerOptions } from 'node:http'

/** A token is under 1 KiB; Node answers 431 to more. */
const MAX_HEADER_BYTES = 16 * 1024
/** For a whole head, and for a whole request with its body. Node answers 408. */
const HEAD_MS = 10_000
const REQUEST_MS = 30_000
/** How often Node looks for those who are too slow. */
const LOOK_MS = 5_000
/** What stands in front keeps connections for less (deploy/nginx.conf), so that no request meets a closed one. */
const IDLE_MS = 5_000

/** A server that waits for nobody for long. */
export function createHttpServer(options: ServerOptions = {}): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEAD_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: LOOK_MS,
    ...options,
  })
  server.maxHeadersCount = 0 // Node would drop the rest unsaid, perhaps the one that names the client; bytes bound them
  return server
}
