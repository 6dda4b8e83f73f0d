import type { Server } from 'node:http'
import type { Logger } from 'winston'
import type { FailureReport } from '../async/outage.js'
import { createClientAddress } from '../api/client-address.js'
import { originsOf } from '../api/cross-origin.js'
import { problemOf } from '../api/problem-details.js'
import type { RequestLimits } from '../limits/request-limits.js'
import { createRealtime, type Realtime } from '../realtime/gateway.js'
import type { RedisConnection } from '../limits/redis.js'
import type { PresenceStore } from '../realtime/presence/presence.js'
import type { RenderSentMessage } from '../realtime/render-sent-message.js'
import type { UserCache } from '../realtime/user-cache.js'
import type { Authenticate } from '../requests/authenticate.js'
import { requestContext } from '../requests/request-context.js'
import type { RequestPath } from '../requests/request-path.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Metrics } from './metrics.js'
import type { Releases } from './release.js'
import type { Commands } from './start-commands.js'
import type { Security } from './start-security.js'
import type { Tracing } from './tracing/tracing.js'
import type { SessionParts } from './start-sessions.js'

export interface RealtimeParts {
  httpServer: Server
  users: UserCache
  presence: PresenceStore
  redis: RedisConnection | null
  commands: Commands
  sessions: SessionParts
  security: Security
  limits: RequestLimits
  authenticate: Authenticate
  requestPath: RequestPath
  renderSentMessage: RenderSentMessage
  metrics: Metrics
  logger: Logger
  accessLog: Logger
  tracing: Tracing | null
  report: FailureReport
}

/** Sockets, on the server that the API listens on; the API must be there already. */
export function startRealtime(
  config: Config,
  {
    log,
    reader,
    queries,
    runners,
    content,
    clock,
    isSkipped,
  }: Pick<Core, 'log' | 'reader' | 'queries' | 'isSkipped' | 'runners' | 'content' | 'clock'>,
  {
    httpServer,
    users,
    presence,
    redis,
    commands,
    sessions,
    security,
    limits,
    authenticate,
    requestPath,
    renderSentMessage,
    metrics,
    logger,
    accessLog,
    tracing,
    report,
  }: RealtimeParts,
  releases: Releases,
): Realtime {
  const { sessionCheck, revocations } = sessions
  return releases.add(
    createRealtime({
      httpServer,
      log,
      reader,
      queries,
      isSkipped,
      progress: runners.conversations.progress,
      people: users,
      presence,
      redis,
      authenticate,
      requestPath,
      sessionCheck,
      revocations,
      ...commands,
      renderSentMessage,
      renderContent: content.renderContent,
      problemOf,
      limits,
      security: security.events,
      clientAddress: createClientAddress(config.trustedProxies),
      allowedOrigins: originsOf(config),
      longPolling: config.longPolling,
      reconnectWindowMs: config.drainReconnectSeconds * 1_000,
      maxMissed: config.resyncAfterEvents,
      logger,
      report,
      ...(tracing !== null && { onPushed: tracing.pushed }),
      metrics: {
        deliverySeconds: (seconds) => metrics.deliverySeconds.observe(seconds),
        connections: (count) => metrics.connections.set(count),
        clientEvent(event, status, seconds) {
          metrics.clientEvents.labels(event, `${Math.floor(status / 100)}xx`).observe(seconds)
          if (accessLog.isLevelEnabled('http')) accessLog.http('socket event', { event, status, seconds })
          const requestId = requestContext.getStore()?.requestId
          const began = performance.now() - seconds * 1_000
          if (requestId !== undefined) tracing?.answered({ requestId, name: `socket ${event}`, status, began })
        },
      },
      clock,
    }),
  )
}
