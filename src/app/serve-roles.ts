import { STATUS_CODES, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import { problemOf, ProblemError } from '../api/problem-details.js'
import { isSocketUpgrade } from '../realtime/socket-upgrade.js'
import type { NodeRole } from './settings/parsers.js'

/** What every node answers, whatever its roles are. */
const OF_ALL = new Set(['/healthz', '/readyz', '/metrics'])

const CONTENT_TYPE = 'application/problem+json; charset=utf-8'

const roleFor = (request: IncomingMessage): NodeRole | null => {
  if (isSocketUpgrade(request)) return 'realtime'
  return OF_ALL.has(request.url?.split('?')[0] ?? '') ? null : 'api'
}

const refusal = (role: NodeRole): string =>
  JSON.stringify(
    problemOf(new ProblemError('not-served-here', { detail: `PARLEY_ROLES of this node lacks ${role}` }), uuidv7()),
  )

/** Passes on what the roles of this node cover, and answers 421 to all else. */
export function serveRoles(roles: readonly NodeRole[], listener: RequestListener): RequestListener {
  return (request, response) => {
    const role = roleFor(request)
    if (role === null || roles.includes(role)) {
      listener(request, response)
      return
    }
    response.writeHead(421, { 'Content-Type': CONTENT_TYPE, 'Cache-Control': 'no-store' }).end(refusal(role))
  }
}

/** The same for sockets that begin as such, on a node without them. */
export function refuseSockets(server: Server): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    if (!isSocketUpgrade(request)) return
    const body = refusal('realtime')
    const head = `HTTP/1.1 421 ${STATUS_CODES[421]}\r\nContent-Type: ${CONTENT_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}`
    socket.on('error', () => undefined)
    socket.once('finish', () => socket.destroy())
    socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
  })
}
