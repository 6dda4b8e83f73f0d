import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server } from 'socket.io'
import type { RedisConnection } from '../limits/redis.js'
import type { RequestLimits } from '../limits/request-limits.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { RenderContent } from '../content/render-content.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import { trackConnections } from './all-connections.js'
import { boundAnonymousConnections, type AnonymousBounds } from './anonymous-connections.js'
import { createDrain } from './drain.js'
import { createHandshake, type HandshakeDeps } from './handshake.js'
import type { FailureReport } from '../async/outage.js'
import { createHub, type HubDeps, type HubStatus } from './hub.js'
import { isAllowedOrigin, type AllowedOrigins } from './origins.js'
import { refuseUpgrade } from './refuse-upgrade.js'
import { createMissedFrames } from './missed-frames.js'
import { createVisibleFrames, type PastFramesDeps } from './past-frames.js'
import type { UserCache } from './user-cache.js'
import type { PresenceStore } from './presence/presence.js'
import { pushPresence } from './presence/push-presence.js'
import type { RealtimeServer } from './protocol.js'
import { createRender } from './render.js'
import { createRooms } from './rooms.js'
import { createSlowReaders } from './slow-readers.js'
import { createSnapshotOf } from './snapshot-of.js'
import { isSocketUpgrade } from './socket-upgrade.js'
import { createTyping } from './typing.js'
import { createSocketLifecycle, type SocketLifecycleDeps } from './socket-lifecycle.js'

const MAX_MESSAGE_BYTES = 256 * 1024
/** A connection that has not authenticated by then is ended. */
const HANDSHAKE_MS = 10_000
const RECONNECT_WINDOW_MS = 5_000

type Given = Omit<
  SocketLifecycleDeps,
  'hub' | 'snapshotOf' | 'missedFrames' | 'slowReaders' | 'presence' | 'typing' | 'isParticipant'
>

export interface RealtimeDeps extends Given, Omit<HandshakeDeps, 'limits' | 'onAuthenticated'> {
  /** Its request listeners must be attached already: Socket.IO puts its own before them. The caller closes it. */
  httpServer: HttpServer
  log: EventLog
  reader: EventReader
  queries: ConversationQueries
  isSkipped: PastFramesDeps['isSkipped']
  people: UserCache
  limits: RequestLimits
  renderContent?: RenderContent
  presence: PresenceStore
  /** Null where there is none. */
  redis: RedisConnection | null
  /** Failures and recoveries of the delivery from the log. */
  report: FailureReport
  /** Beside the server's own. */
  allowedOrigins: AllowedOrigins
  /** Whether clients may use HTTP long-polling too; websockets alone by default. */
  longPolling?: boolean
  /** Within this time the clients of a node that stops are to reconnect; 5 s by default. */
  reconnectWindowMs?: number
  metrics: Given['metrics'] & { deliverySeconds(seconds: number): void }
  /** Called after events were sent to sockets. */
  onPushed?: HubDeps['onDelivered']
  /** Most events buffered for one socket that is attaching. */
  maxBuffered?: number
  /** For tests. */
  anonymousBounds?: AnonymousBounds
}

export interface RealtimeStatus extends HubStatus {
  isDraining: boolean
}

export interface Realtime extends AsyncDisposable {
  status(): RealtimeStatus
  /** Accepts no more clients, answers the events received so far, tells clients when to reconnect, and disconnects them. */
  drain(): Promise<void>
}

/** The sockets of this node, and the hub that keeps them up to date. */
export function createRealtime(deps: RealtimeDeps): Realtime {
  const { httpServer, allowedOrigins, longPolling = false, clock, metrics, clientAddress, limits, security } = deps
  const io: RealtimeServer = new Server(httpServer, {
    transports: longPolling ? ['polling', 'websocket'] : ['websocket'],
    cors: { origin: [...allowedOrigins] },
    allowRequest: (request, decide) => decide(null, !drain.hasBegun() && isAcceptable(request)),
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: HANDSHAKE_MS,
    serveClient: false,
    destroyUpgrade: false, // the server answers what is no websocket
  })
  // Engine.IO itself would answer 400, and load balancers do not try another node then.
  httpServer.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => {
    if (!isSocketUpgrade(request)) return
    if (!isAllowedOrigin(request, allowedOrigins)) refuseUpgrade(socket, 403)
    else if (drain.hasBegun()) refuseUpgrade(socket, 503)
  })
  const connections = trackConnections(io)
  const slowReaders = createSlowReaders(io)
  const rooms = createRooms(io)
  const presencePushes = pushPresence({
    store: deps.presence,
    audienceOf: (userId) => deps.queries.presenceAudienceOf(userId),
    send: ({ userId, isOnline, lastSeen }, chatIds) =>
      rooms.send({ event: 'presence', payload: { userId, isOnline, lastSeen } }, chatIds),
    report: deps.report,
  })
  const hub = createHub({
    ...deps,
    rooms,
    onErased: (userId) => deps.presence.forget(userId),
    onPresenceSetting: (userId) => presencePushes.settingChanged(userId),
    render: createRender(deps),
    onDelivered(delivered, began) {
      const now = clock().getTime()
      if (delivered.length > 0) deps.onPushed?.(delivered, began)
      for (const { at } of delivered) metrics.deliverySeconds(Math.max(0, now - Date.parse(at)) / 1_000)
      slowReaders.watch()
    },
  })
  const typing = createTyping({
    ...deps,
    logId: deps.log.id,
    send: (who) => rooms.sendVolatile({ event: 'typing', payload: who }, who.chatId, who.userId),
  })
  const lifecycle = createSocketLifecycle({
    ...deps,
    typing,
    isParticipant: async (chatId, userId) => (await deps.queries.chatMembership(chatId, userId)) !== null,
    hub,
    snapshotOf: createSnapshotOf(deps.queries),
    missedFrames: createMissedFrames(createVisibleFrames(deps)),
    slowReaders,
  })
  const anonymous = boundAnonymousConnections(io, clientAddress, deps.anonymousBounds)
  io.use(createHandshake({ ...deps, onAuthenticated: (connection) => anonymous.authenticated(connection) }))
  const drain = createDrain(io, { lifecycle, windowMs: deps.reconnectWindowMs ?? RECONNECT_WINDOW_MS })
  io.on('connection', (socket) => {
    if (drain.hasBegun()) void drain.letGo(socket)
    else lifecycle.onConnect(socket)
  })

  /** Judges a handshake by its client alone, before anything is read; each counts for its address. */
  function isAcceptable(request: IncomingMessage): boolean {
    const client = clientAddress(request)
    const isAllowed = isAllowedOrigin(request, allowedOrigins)
    if (!isAllowed) security.record({ type: 'origin-refused', ...client })
    const taken = limits.take(client, null)
    return isAllowed && (taken === null || !('retryAfterMs' in taken))
  }

  return {
    status: () => ({ ...hub.status(), isDraining: drain.hasBegun() }),
    drain: () => drain.run(),
    async [Symbol.asyncDispose]() {
      await drain.run()
      connections.close()
      slowReaders.stop()
      await presencePushes[Symbol.asyncDispose]()
      await typing[Symbol.asyncDispose]()
      await hub[Symbol.asyncDispose]()
    },
  }
}
