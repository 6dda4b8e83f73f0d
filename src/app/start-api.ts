import { createUserExport } from '../export/user-export.js'
import { createAccountRecord } from '../identity/accounts/account-record.js'
import { createAuditProofs } from '../audit/proofs/audit-proofs.js'
import { createHideExpired } from '../audit/raw/hide-expired.js'
import { createRawEvents } from '../audit/raw/raw-events.js'
import type { Verifications } from '../audit/verification/verifications.js'
import type { Analytics } from '../analytics/analytics.js'
import type { Express } from 'express'
import type { Logger } from 'winston'
import { createClientAddress } from '../api/client-address.js'
import { createApi } from '../api/server.js'
import type { Readiness } from '../api/shapes/readiness-shape.js'
import { createAddresses } from '../identity/accounts/addresses.js'
import type { Identity } from '../identity/identity.js'
import { createRegistrationGuard } from '../identity/accounts/registration-guard.js'
import { createPasswordGuard, type PasswordGuard } from '../identity/passwords/password-guard.js'
import type { RedisConnection } from '../limits/redis.js'
import type { PresenceStore } from '../realtime/presence/presence.js'
import type { PastFrames } from '../realtime/past-frames.js'
import type { RenderSentMessage } from '../realtime/render-sent-message.js'
import { userStream } from '../domain/streams.js'
import { createAuthenticateErased } from '../requests/authenticate-erased.js'
import type { Authenticate } from '../requests/authenticate.js'
import type { SharedOwnWrites } from '../requests/own-writes-in-redis.js'
import type { RequestPath } from '../requests/request-path.js'
import { createAppReplay } from './app-replay.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Metrics, MetricsText } from './metrics.js'
import type { Commands } from './start-commands.js'
import type { Security } from './start-security.js'
import type { Tracing } from './tracing/tracing.js'
import type { SessionParts } from './start-sessions.js'
import type { WebhookParts } from './start-webhooks.js'

/** The parts that the API reaches; each resource takes what it uses of them. */
export interface ApiParts {
  commands: Commands
  identity: Identity
  sessions: SessionParts
  webhooks: WebhookParts
  security: Security
  authenticate: Authenticate
  requestPath: RequestPath
  redis: RedisConnection | null
  sharedWrites: SharedOwnWrites | null
  pastFrames: PastFrames
  presence: PresenceStore
  renderSentMessage: RenderSentMessage
  readModelWaitMs: number
  readiness: () => Promise<Readiness>
  /** Of the whole server. */
  readMetrics(): Promise<MetricsText>
  analytics: Analytics | null
  verifications: Verifications
  publicUrl: () => string
  metrics: Metrics
  logger: Logger
  accessLog: Logger
  tracing: Tracing | null
}

export function createRestApi(config: Config, core: Core, parts: ApiParts): Express {
  const { log, queries, audit, runners, databases, invites, accountStatuses, ownWrites, clock } = core
  const { commands, identity, security, redis, metrics } = parts
  const accountRecord = createAccountRecord(databases.main)
  return createApi({
    ...commands,
    ...identity,
    authenticate: parts.authenticate,
    authenticateErased: createAuthenticateErased({
      ...parts.sessions,
      authenticate: parts.authenticate,
      isErasureRequested: async (userId) => (await accountStatuses.of(userId)).isErased,
    }),
    isErased: async (userId) =>
      (await core.handler.stateOf(userStream(userId), ({ status }) => status === 'erased')).status === 'erased',
    requestPath: parts.requestPath,
    accountStatuses,
    addresses: createAddresses(databases.main),
    invites,
    webhooks: parts.webhooks,
    flags: core.flags,
    queries,
    ownWrites,
    sharedWrites: parts.sharedWrites,
    progress: runners.conversations.progress,
    auditTrail: { ...audit, progress: runners.auditTrail.progress },
    auditProofs: createAuditProofs({
      pool: databases.main,
      keys: core.chain.keys.list,
      progress: core.chain.runner.progress,
    }),
    rawEvents: createRawEvents({
      pool: databases.main,
      log,
      reader: core.reader,
      hideExpired: createHideExpired({ retentionOf: queries.retentionOf, clock }),
      progress: core.chain.runner.progress,
    }),
    verifications: parts.verifications,
    comparePositions: (a, b) => log.comparePositions(a, b),
    head: () => log.head(),
    pastFrames: parts.pastFrames,
    presence: parts.presence,
    privilegedAccesses: security.accesses,
    replay: createAppReplay(core, core.content.renderContent, clock),
    renderSentMessage: parts.renderSentMessage,
    readModelWaitMs: parts.readModelWaitMs,
    publicUrl: parts.publicUrl,
    projections: async () => [...core.managedProjections, ...((await parts.analytics?.all()) ?? [])],
    projectionStates: async () =>
      (await Promise.all([core.projectionStates(), parts.analytics?.states() ?? []])).flat(),
    readiness: parts.readiness,
    registry: metrics.registry,
    readMetrics: () => parts.readMetrics(),
    metricsToken: config.metricsToken,
    hasMetricsPort: config.metricsPort !== null,
    allowedOrigins: config.allowedOrigins,
    production: config.production,
    registrationGuard: createRegistrationGuard({
      isOn: config.rateLimits,
      redis,
      hash: security.hash,
      onRefused: security.onLimited,
    }),
    passwordGuard: createGuard(config, { security, redis, metrics }),
    accountRecord,
    userExport: createUserExport({
      log,
      reader: core.reader,
      queries,
      audit: audit.queries,
      accounts: accountRecord,
      clock,
    }),
    security: security.events,
    clientAddress: createClientAddress(config.trustedProxies),
    log: parts.logger,
    accessLog: parts.accessLog,
    onAnswered: parts.tracing?.answered ?? null,
    clock,
  })
}

const createGuard = (
  { rateLimits: isOn }: Config,
  { security, redis, metrics }: Pick<ApiParts, 'security' | 'redis' | 'metrics'>,
): PasswordGuard =>
  createPasswordGuard({
    isOn,
    redis,
    hash: security.hash,
    onFailed(client, whose) {
      metrics.loginFailures.inc()
      security.events.record({ type: 'login-failed', ...client, ...whose })
    },
    onRefused: security.onLimited,
  })
