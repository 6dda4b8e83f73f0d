import { randomInt } from 'node:crypto'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server } from 'socket.io'
import type { RequestLimits } from '../limits/request-limits.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { RenderContent } from '../content/render-content.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import { closeGently } from './connection.js'
import { createHandshake, type HandshakeDeps } from './handshake.js'
import type { FailureReport } from '../async/outage.js'
import { createHub, type HubStatus } from './hub.js'
import { isAllowedOrigin, type AllowedOrigins } from './origins.js'
import { refuseUpgrade } from './refuse-upgrade.js'
import { createFramesInSight } from './past-frames.js'
import type { UserCache } from './user-cache.js'
import type { RealtimeServer } from './protocol.js'
import { createRender } from './render.js'
import { createRooms } from './rooms.js'
import { createSlowReaders } from './slow-readers.js'
import { isSocketUpgrade } from './socket-upgrade.js'
import { createWelcome, type WelcomeDeps } from './socket-lifecycle.js'

const MAX_MESSAGE_BYTES = 256 * 1024
/** Who has not said by then who they are goes. */
const HANDSHAKE_MS = 10_000
/** Clients are asked to come back spread over this time, not all at once. */
const RECONNECT_MS = { least: 500, most: 5_000 }
const FINISH_MS = 10_000
const GOODBYE_MS = 2_000

type Given = Omit<WelcomeDeps, 'hub' | 'framesInSight' | 'slowReaders'>

export interface RealtimeDeps extends Given, Omit<HandshakeDeps, 'limits'> {
  /** Its request listeners must be there already: Socket.IO puts itself before them. It stays the caller's to close. */
  httpServer: HttpServer
  log: EventLog
  reader: EventReader
  queries: ConversationQueries
  people: UserCache
  limits: RequestLimits
  renderContent?: RenderContent
  /** Failures and recoveries of the delivery from the log. */
  report: FailureReport
  /** Beside the server's own. */
  allowedOrigins: AllowedOrigins
  metrics: Given['metrics'] & { deliverySeconds(seconds: number): void }
  /** Bound of the events kept for one socket on its way into its rooms. */
  mostKept?: number
}

export interface Realtime extends AsyncDisposable {
  status(): HubStatus
  /** Takes no more clients, finishes what they have asked for, tells them when to come back, and lets them go. */
  drain(): Promise<void>
}

/** The sockets of this node, and what keeps them up to date. */
export function createRealtime(deps: RealtimeDeps): Realtime {
  const { httpServer, allowedOrigins, clock, metrics, clientAddress, limits, security } = deps
  let draining: Promise<void> | undefined
  const io: RealtimeServer = new Server(httpServer, {
    cors: { origin: [...allowedOrigins] },
    allowRequest: (request, decide) => decide(null, draining === undefined && isWelcome(request)),
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: HANDSHAKE_MS,
    serveClient: false,
    destroyUpgrade: false, // the server answers what is no websocket
  })
  // Engine.IO itself would answer 400.
  httpServer.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => {
    if (isSocketUpgrade(request) && !isAllowedOrigin(request, allowedOrigins)) refuseUpgrade(socket)
  })
  const slowReaders = createSlowReaders(io)
  const hub = createHub({
    ...deps,
    rooms: createRooms(io),
    render: createRender(deps),
    onDelivered(recordedAt) {
      const now = clock().getTime()
      for (const at of recordedAt) metrics.deliverySeconds(Math.max(0, now - Date.parse(at)) / 1_000)
      slowReaders.watch()
    },
  })
  const welcome = createWelcome({ ...deps, hub, framesInSight: createFramesInSight(deps), slowReaders })
  io.use(createHandshake(deps))
  io.on('connection', (socket) => welcome.connected(socket))

  /** A handshake, before anything is known but whence it comes. */
  function isWelcome(request: IncomingMessage): boolean {
    const source = clientAddress(request)
    const isAllowed = isAllowedOrigin(request, allowedOrigins)
    if (!isAllowed) security.record({ type: 'origin-refused', ...source })
    return isAllowed && !limits.isSpent(source.ip)
  }

  async function letGo(): Promise<void> {
    await welcome.finish(AbortSignal.timeout(FINISH_MS))
    const goodbye = AbortSignal.timeout(GOODBYE_MS)
    const sockets = [...io.sockets.sockets.values()]
    for (const socket of sockets)
      socket.emit('server_draining', { reconnectAfterMs: randomInt(RECONNECT_MS.least, RECONNECT_MS.most) })
    await Promise.all(sockets.map(({ conn }) => closeGently(conn, goodbye)))
  }

  const drain = (): Promise<void> => (draining ??= letGo())

  return {
    status: () => hub.status(),
    drain,
    async [Symbol.asyncDispose]() {
      await drain()
      io.engine.close()
      slowReaders.stop()
      await hub[Symbol.asyncDispose]()
    },
  }
}
