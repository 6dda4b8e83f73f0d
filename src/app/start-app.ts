import type { Logger } from 'winston'
import type { FailureReport } from '../async/outage.js'
import { createRequestLimits } from '../limits/request-limits.js'
import { createAuthenticate } from '../requests/authenticate.js'
import { createOwnWritesInRedis } from '../requests/own-writes-in-redis.js'
import { createRequestPath } from '../requests/request-path.js'
import { problemOf } from '../api/problem-details.js'
import type { Readiness } from '../api/shapes/readiness-shape.js'
import { createSafeFetch } from '../outbound/safe-fetch.js'
import { createPastFrames } from '../realtime/past-frames.js'
import type { Realtime } from '../realtime/gateway.js'
import { createRenderSentMessage, type RenderSentMessage } from '../realtime/render-sent-message.js'
import { createUserCache, type UserCache } from '../realtime/user-cache.js'
import type { Config } from './config.js'
import { openCore, type Core } from './core.js'
import { createFailureReport } from './failure-report.js'
import { createHttpListener } from './http-listener.js'
import { createLogger } from './logs/logger.js'
import { openSeparateLog } from './logs/separate-log.js'
import { startMetricsListener } from './metrics-listener.js'
import { createFollowerList } from './metrics/followers.js'
import { createMetrics, type MetricObjects, type Metrics, type MetricsText } from './metrics.js'
import { nodeSuffixOf } from './node-name.js'
import type { Overrides } from './overrides.js'
import { createReleases, type Releases } from './release.js'
import { refuseSockets, serveRoles } from './serve-roles.js'
import { startSigning, startVerifications } from './start-audit.js'
import { createRestApi } from './start-api.js'
import { startAnalytics } from './start-analytics.js'
import { startRetention } from './start-retention.js'
import { startErrorReports } from './start-error-reports.js'
import { startErasures } from './start-erasures.js'
import { startCommands } from './start-commands.js'
import { startFlags } from './start-flags.js'
import { startIdentity } from './start-identity.js'
import { startMeasurements } from './start-measurements.js'
import { startReadiness } from './start-readiness.js'
import { startPreviews } from './start-previews.js'
import { startPresence } from './start-presence.js'
import { startRealtime } from './start-realtime.js'
import { startRedis } from './start-redis.js'
import { startSecurity } from './start-security.js'
import { startTracing } from './start-tracing.js'
import type { Tracing } from './tracing/tracing.js'
import { startSessions } from './start-sessions.js'
import { startWebhookDelivery } from './start-webhooks.js'
import { warnOfSharedRole } from './warn-of-shared-role.js'

const READ_MODEL_WAIT_MS = 2_000

/** A running Parley. Disposing of it finishes what is in flight and releases everything, in reverse order. */
export interface App extends AsyncDisposable {
  /** Where it listens. */
  url: string
  /** Where its metrics are, when they have a port of their own. */
  metricsUrl: string | null
  core: Core
  /** Of this process. */
  metrics(): Promise<MetricObjects>
  readiness(): Promise<Readiness>
}

export interface AppOptions {
  /** Shows the operator one line while it starts. */
  print(line: string): void
  logger?: Logger
  overrides?: Overrides
  /** Where it is one process of several that are one server; null by default. */
  worker?: WorkerPart | null
}

/** What a process that is one of several needs of the one that started it. */
export interface WorkerPart {
  /** From 1. */
  number: number
  /** Where the metrics of all are, when they have a port of their own. */
  metricsUrl: string | null
  metricsOfAll(): Promise<MetricsText>
}

/**
 * Joins the parts and starts them.
 * @throws what keeps it from starting, with everything released that was acquired before
 */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const releases = createReleases()
  const release = () => releases[Symbol.asyncDispose]()
  try {
    return { ...(await startParts(config, options, releases)), [Symbol.asyncDispose]: release }
  } catch (error) {
    await release()
    throw error
  }
}

async function startParts(
  config: Config,
  { print, overrides = {}, worker = null, ...given }: AppOptions,
  releases: Releases,
) {
  const nodeSuffix = worker === null ? '' : nodeSuffixOf(worker.number)
  const logger = given.logger ?? loggerOf(config, worker)
  const accessLog = config.accessLog === null ? logger : await openSeparateLog(config.accessLog, releases)
  const auditLog = config.auditLog === null ? null : await openSeparateLog(config.auditLog, releases)
  await startErrorReports(config, logger, releases)
  const tracing = await startTracing(config, overrides.spanExporter, releases)
  const metrics = createMetrics()
  const followers = createFollowerList()
  const report = {
    ...createFailureReport(logger, metrics),
    onFollowing: followers.onFollowing,
    ...(tracing !== null && { onApplied: tracing.applied }),
  }
  const core = await startCore(config, { print, overrides, report, metrics, tracing, nodeSuffix }, releases)
  warnOfSharedRole(config, print)
  const analytics = await startAnalytics(config, core, { print, report, overrides, clock: core.clock }, releases)
  const redis = await startRedis(config, { logger, metrics, report }, releases)
  startFlags(core, report, releases)
  const security = startSecurity(core, { metrics, report, auditLog, nodeSuffix }, releases)
  const limits = createRequestLimits({ isOn: config.rateLimits, onRefused: security.onLimited })
  const users = await openUserCache(core)
  const sharedWrites = redis === null ? null : createOwnWritesInRedis(redis, core.log.id)
  const commands = startCommands(config, core, { redis, security, metrics, users, sharedWrites })
  const sessions = await startSessions(config, core, { print, report, overrides }, releases)

  const safeFetch = overrides.safeFetch ?? createSafeFetch()
  const pastFrames = createPastFrames(core)
  const presence = startPresence(core, redis, report, releases)
  startSigning(config, core, report, releases)
  const verifications = startVerifications(core, report, releases)
  startPreviews(config, core, { safeFetch, report }, releases)
  const webhooks = await startWebhookDelivery(core, { safeFetch, pastFrames, report, metrics }, releases)

  const http = createHttpListener(config)
  const publicUrl = (): string => config.publicUrl ?? http.url()
  const { run } = commands
  const { tokens } = sessions
  const identity = await startIdentity(
    config,
    core,
    { run, tokens, redis, security, publicUrl, logger, report, print, overrides },
    releases,
  )
  await startErasures(core, { accounts: identity.accountErasure, report, overrides }, releases)
  await startRetention(core, { report, overrides }, releases)
  const authenticate = createAuthenticate({ ...sessions, botCheck: identity.botCheck })
  const requestPath = createRequestPath({ limits, security: security.events, problemOf, logger })
  const { readModelWaitMs = READ_MODEL_WAIT_MS } = overrides
  const renderSentMessage = renderSent(core, users, readModelWaitMs)
  const shared = {
    commands,
    sessions,
    security,
    authenticate,
    requestPath,
    renderSentMessage,
    metrics,
    logger,
    accessLog,
    tracing,
  }
  const isProjector = config.roles.includes('projector')
  const realtimeStatus = (): ReturnType<Realtime['status']> =>
    realtime?.status() ?? {
      status: 'live',
      position: core.log.start,
      reason: 'not served by this node',
      isDraining: false,
    }
  const readiness = startReadiness(core, { sessions, redis, realtimeStatus, isProjector, analytics, logger }, releases)
  startMeasurements(config, core, { readiness, followers, users, metrics })
  const api = createRestApi(config, core, {
    ...shared,
    readModelWaitMs,
    identity,
    webhooks,
    redis,
    sharedWrites,
    pastFrames,
    presence,
    publicUrl,
    readiness,
    analytics,
    verifications,
    readMetrics: worker === null ? () => textOf(metrics) : () => worker.metricsOfAll(),
  })
  http.onRequest(serveRoles(config.roles, (request, response) => void api(request, response)))
  releases.onRelease(http.close)
  const withRealtime = { ...shared, presence, redis, httpServer: http.server, users, limits, report }
  const realtime = config.roles.includes('realtime') ? startRealtime(config, core, withRealtime, releases) : null
  if (realtime === null) refuseSockets(http.server)
  releases.onRelease(() => realtime?.drain())
  const metricsUrl = worker === null ? await startMetricsPort(config, metrics, readiness, releases) : worker.metricsUrl
  await http.listen()
  return { url: http.url(), metricsUrl, core, metrics: () => metrics.registry.getMetricsAsJSON(), readiness }
}

/** Where the metrics have no port of their own, null. */
async function startMetricsPort(
  { metricsPort: port, metricsHost: host, metricsToken: token }: Config,
  metrics: Metrics,
  readiness: () => Promise<Readiness>,
  releases: Releases,
): Promise<string | null> {
  if (port === null) return null
  const options = { host, port, token, metrics: () => textOf(metrics), readiness }
  return releases.add(await startMetricsListener(options)).url
}

const textOf = async ({ registry }: Metrics): Promise<MetricsText> => ({
  text: await registry.metrics(),
  contentType: registry.contentType,
})

interface CoreParts {
  print(line: string): void
  overrides: Overrides
  report: FailureReport
  metrics: Metrics
  tracing: Tracing | null
  nodeSuffix: string
}

const loggerOf = ({ logLevel: level, production: json }: Config, worker: WorkerPart | null): Logger => {
  const logger = createLogger({ level, json })
  return worker === null ? logger : logger.child({ process: worker.number })
}

const startCore = (
  config: Config,
  { print, overrides, report, metrics, tracing, nodeSuffix }: CoreParts,
  releases: Releases,
): Promise<Core> =>
  openCore(
    config,
    {
      print,
      report,
      onAppended(events, seconds, commands) {
        metrics.appendSeconds.observe(seconds)
        metrics.appendEvents.observe(events)
        if (tracing === null) return
        const began = performance.now() - seconds * 1_000
        tracing.appended(
          commands.map(({ context }) => context),
          events,
          began,
        )
      },
      overrides,
      nodeSuffix,
    },
    releases,
  )

const openUserCache = async ({ log, queries, runners }: Core): Promise<UserCache> =>
  createUserCache({
    queries,
    progress: runners.conversations.progress,
    comparePositions: (a, b) => log.comparePositions(a, b),
    since: await log.head(),
  })

const renderSent = (
  { log, reader, queries, runners, content: { renderContent } }: Core,
  people: UserCache,
  timeoutMs: number,
): RenderSentMessage => {
  const { progress } = runners.conversations
  return createRenderSentMessage({ log, reader, people, queries, progress, renderContent, timeoutMs })
}
