import { createHmac, randomBytes, randomUUID, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'winston'
import { createClientAddress } from '../api/client-address.js'
import { createHttpServer } from '../api/http-server.js'
import { problemOf } from '../api/problem-details.js'
import { createApi } from '../api/server.js'
import { originsOf } from '../api/cross-origin.js'
import { createMessageLimit } from '../commands/message-limit.js'
import { createSubmitMessage, type EditMessage, type SendMessage } from '../commands/submit-message.js'
import type { Caller, RunCommand } from '../commands/run-command.js'
import type { Config } from './config.js'
import { openCore, type Core, type Overrides } from './core.js'
import { startWebhookDelivery } from './start-webhooks.js'
import { securityKinds } from '../domain/security/events.js'
import { createAddresses } from '../identity/accounts/addresses.js'
import { startIdentity } from '../identity/identity.js'
import { createLinkLimit, LINK_LIMIT } from '../identity/mail/link-limit.js'
import { createFileMailer, createSmtpMailer, type Mailer } from '../identity/mail/mailer.js'
import { createPasswordGuard, passwordLimits } from '../identity/passwords/password-guard.js'
import { registerUser } from '../identity/accounts/register-user.js'
import { createTokens } from '../identity/sessions/tokens.js'
import { openRedis, type RedisConnection } from '../limits/redis.js'
import { createRequestLimits, type Source } from '../limits/request-limits.js'
import { createLogger } from './logger.js'
import { createMetrics, measureLag, type Lag, type Metrics } from './metrics.js'
import { senderOf } from '../identity/mail/sender.js'
import { deriveKey } from '../privacy/derive-key.js'
import { createSafeFetch, type SafeFetch } from '../outbound/safe-fetch.js'
import { createJobs } from '../previews/jobs.js'
import { createPreviewLink } from '../previews/preview-link.js'
import { createPreviewMessage } from '../previews/preview-message.js'
import { startLinkPreviews } from '../previews/start-link-previews.js'
import { createPastFrames } from '../realtime/past-frames.js'
import { createUserCache, type UserCache } from '../realtime/user-cache.js'
import { createRenderSentMessage } from '../realtime/render-sent-message.js'
import { createRealtime } from '../realtime/gateway.js'
import { createReadiness } from './readiness.js'
import { createReleases, type Releases } from './release.js'
import { startRevocations } from './start-revocations.js'
import type { Runner } from '../projections/engine/runner.js'
import { watchCommands } from './command-observers.js'
import { createSecurityEvents, type SecurityEvents } from '../security/security-events.js'
import { createSecurityWriter } from '../security/security-writer.js'

/** A running Parley. Disposing of it finishes what is in flight and releases everything, in reverse order. */
export interface App extends AsyncDisposable {
  /** Where it listens. */
  url: string
  core: Core
}

export interface AppOptions {
  /** Hears what the operator should know while it starts. */
  say(line: string): void
  logger?: Logger
  overrides?: Overrides
}

const ISSUER = 'parley'
const AUDIENCE = 'parley'
/** Requests still under way at the end get this long to be answered. */
const FINISH_MS = 10_000

/**
 * Joins the parts and starts them.
 * @throws what keeps it from starting, with everything released that was acquired before
 */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const releases = createReleases()
  const release = () => releases[Symbol.asyncDispose]()
  try {
    return { ...(await assemble(config, options, releases)), [Symbol.asyncDispose]: release }
  } catch (error) {
    await release()
    throw error
  }
}

async function assemble(config: Config, { say, overrides = {}, ...given }: AppOptions, releases: Releases) {
  const logger = given.logger ?? createLogger(config.logLevel)
  const metrics = createMetrics()
  const core = await openCore(
    config,
    {
      say,
      onProjectionFailure: (name, error) => logger.error(`projection ${name} does not go on`, { cause: String(error) }),
      onAppended: (_events, seconds) => metrics.appendSeconds.observe(seconds),
      overrides,
    },
    releases,
  )
  const { log, reader, queries, runners, databases, ownWrites, clock } = core
  const { progress } = runners.conversations
  const comparePositions = (a: string, b: string): number => log.comparePositions(a, b)
  measureLag(metrics.registry, Object.values(runners), lagOf(core))

  const people = createUserCache({ queries, progress, comparePositions, since: await log.head() })
  const redis = connectRedis(config, logger, metrics, releases)
  await redis?.tried
  const hash = keyedHash(databases.masterKey)
  const security = watchOver(core, hash, metrics, releases)
  const run = watchCommands(tellingPeople(core.run, people), security)
  for (const name of [
    'messages',
    'requests',
    'address',
    'refused-messages',
    'connections',
    LINK_LIMIT,
    ...passwordLimits,
  ])
    metrics.rateLimited.inc({ limit: name }, 0)
  const onRefused = tellingLimits(security, metrics)
  const limits = createRequestLimits({ isOn: config.rateLimits, onRefused })
  const limit = createMessageLimit(config.rateLimitMessagesPerMinute, redis)
  const { renderContent, isRefused } = core.content
  const saying = { run, limit, isRefused }
  const sendMessage = measured(tellingRefusals(createSubmitMessage('sendMessage', saying), onRefused), metrics)
  const renderSentMessage = createRenderSentMessage({ log, reader, people, progress, queries, renderContent })
  const { accessTokenSeconds } = config
  const tokens = createTokens({
    keys: databases.tokenKeys,
    issuer: ISSUER,
    audience: AUDIENCE,
    accessTokenSeconds,
    clock,
  })
  const { sessionCheck, revocations, canTellSessions } = await startRevocations(
    core,
    {
      tokenMs: accessTokenSeconds * 1_000,
      log: overrides.wrapLog?.(log) ?? log,
      say,
      onFailure: (error) => logger.error('revocations are not followed', { cause: String(error) }),
    },
    releases,
  )
  const shared = {
    log,
    reader,
    queries,
    progress,
    people,
    tokens,
    sessionCheck,
    revocations,
    run,
    sendMessage,
    editMessage: tellingRefusals(createSubmitMessage('editMessage', saying), onRefused),
    renderSentMessage,
    clock,
    comparePositions,
    limits,
    security,
    clientAddress: createClientAddress(config.trustedProxies),
  }

  const safeFetch = overrides.safeFetch ?? createSafeFetch()
  if (config.linkPreviews) releases.add(startPreviews(config, core, safeFetch, logger))
  const pastFrames = createPastFrames({ log, reader, queries })
  const webhooks = await startWebhookDelivery(core, { safeFetch, pastFrames, logger, metrics }, releases)

  const server = createHttpServer()
  let url = ''
  const publicUrl = (): string => config.publicUrl ?? url
  const identity = releases.add(
    await startIdentity({
      pool: databases.main,
      run,
      tokens,
      registerUser: registerUser(run),
      accountStatusOf: core.accountStatuses.of,
      successorSecrets: databases.tokenKeys.map(({ key }) => deriveKey(key, 'parley/refresh-successor')),
      registration: config.registration,
      onReuse: (userId, { ip, userAgent }) => security.record({ type: 'refresh-reuse', ip, userAgent, userId }),
      mailer: overrides.mailer ?? createMailer(config, say),
      mayMailLink: createLinkLimit({
        isOn: config.rateLimits,
        redis,
        hash,
        onRefused: (name) => onRefused(name, NOWHERE, null),
      }),
      publicUrl,
      log: logger,
      newId: randomUUID,
      clock,
    }),
  )
  const api = createApi({
    ...shared,
    log: logger,
    ...identity,
    addresses: createAddresses(databases.main),
    invites: core.invites,
    webhooks,
    publicUrl,
    accountStatuses: core.accountStatuses,
    pastFrames,
    readiness: createReadiness({
      log,
      pool: databases.main,
      runners: Object.values(runners),
      realtime: () => realtime.status(),
      redis,
      canTellSessions,
    }),
    registry: metrics.registry,
    ownWrites,
    head: () => log.head(),
    allowedOrigins: config.allowedOrigins,
    production: config.production,
    passwordGuard: createPasswordGuard({
      isOn: config.rateLimits,
      redis,
      hash,
      onFailed(source, whose) {
        metrics.loginFailures.inc()
        security.record({ type: 'login-failed', ...source, ...whose })
      },
      onRefused,
    }),
    metricsToken: config.metricsToken,
  })
  server.on('request', (request, response) => void api(request, response))
  releases.onRelease(() => closeServer(server))
  const realtime = releases.add(
    createRealtime({
      ...shared,
      httpServer: server,
      renderContent,
      problemOf,
      allowedOrigins: originsOf(config),
      logger,
      metrics: {
        deliverySeconds: (seconds) => metrics.deliverySeconds.observe(seconds),
        connections: (count) => metrics.connections.set(count),
      },
    }),
  )
  releases.onRelease(() => realtime.drain())

  server.listen(config.port, config.host)
  await once(server, 'listening')
  url = urlOf(config.host, server)
  return { url, core }
}

function urlOf(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function createMailer({ smtpUrl, publicUrl, dataDir }: Config, say: AppOptions['say']): Mailer {
  if (smtpUrl !== null) return createSmtpMailer(smtpUrl, senderOf(smtpUrl, publicUrl))
  say(`Mails: written to ${join(dataDir, 'mails.ndjson')}, for SMTP_URL is not set`)
  return createFileMailer(dataDir)
}

/** A person who has changed their profile here is shown so at once. */
const tellingPeople =
  (run: RunCommand, people: UserCache): RunCommand =>
  async (name, input, caller) => {
    const result = await run(name, input, caller)
    if (name === 'changeProfile' && result.kind !== 'rejected') people.changedAt(caller.userId, result.position)
    return result
  }

type OnRefused = (limit: string, source: Source, userId: string | null) => void

const NOWHERE: Source = { ip: '', userAgent: '' }

const tellingLimits =
  (security: SecurityEvents, { rateLimited }: Metrics): OnRefused =>
  (limit, { ip, userAgent }, userId) => {
    rateLimited.inc({ limit })
    security.record({ type: 'rate-limited', ip, userAgent, ...(userId !== null && { userId }) })
  }

function connectRedis(
  { redisUrl: url }: Config,
  logger: Logger,
  { redisAway }: Metrics,
  releases: Releases,
): RedisConnection | null {
  if (url === null) return null
  const onChange = (state: 'away' | 'back', reason: string | null): void => {
    redisAway.set(state === 'away' ? 1 : 0)
    logger.warn(state === 'away' ? 'Redis is away: limits count on this node alone' : 'Redis is back', { reason })
  }
  return releases.add(openRedis({ url, onChange }))
}

/** For what may be recognised, but not read. */
function keyedHash(masterKey: KeyObject): (text: string) => string {
  const key = deriveKey(masterKey, 'parley/security-subject/1')
  return (text) => createHmac('sha256', key).update(text).digest('base64url')
}

/** Security events, on their own way into the log. */
function watchOver({ log, sealer, clock }: Core, hash: (text: string) => string, metrics: Metrics, releases: Releases) {
  const { securityEvents, securityEventsDropped } = metrics
  for (const type of securityKinds) securityEvents.inc({ type }, 0)
  const writer = createSecurityWriter({ log, sealer, clock, node: randomBytes(6).toString('hex') })
  return releases.add(
    createSecurityEvents({
      append: writer.append,
      hash,
      clock,
      onRecorded: (type) => securityEvents.inc({ type }),
      onDropped: (count) => securityEventsDropped.inc(count),
    }),
  )
}

const tellingRefusals = <Say extends SendMessage | EditMessage>(say: Say, onRefused: OnRefused): Say =>
  (async (input: never, caller: Caller) => {
    const result = await say(input, caller)
    if (result.kind === 'limited') onRefused(result.name, caller.client ?? NOWHERE, caller.userId)
    return result
  }) as Say

const measured =
  (sendMessage: SendMessage, metrics: Metrics): SendMessage =>
  async (input, caller) => {
    const stop = metrics.messageSeconds.startTimer()
    const result = await sendMessage(input, caller)
    stop()
    if (result.kind === 'done') metrics.messagesSent.inc()
    return result
  }

function lagOf({ log }: Core) {
  const behindSince = new Map<Runner, number>()
  return async (runner: Runner): Promise<Lag> => {
    const events = log.countBetween(runner.progress.position, await log.head())
    if (events === 0) behindSince.delete(runner)
    else if (!behindSince.has(runner)) behindSince.set(runner, performance.now())
    const since = behindSince.get(runner)
    return { events, seconds: since === undefined ? 0 : (performance.now() - since) / 1000 }
  }
}

function startPreviews(config: Config, core: Core, safeFetch: SafeFetch, logger: Logger): AsyncDisposable {
  const { log, reader, databases, runAsSystem: run, content, clock } = core
  const previewLink = createPreviewLink({ safeFetch, mask: content.mask })
  const inDirectChats = config.linkPreviewsInDirectChats
  return startLinkPreviews({
    log,
    reader,
    clock,
    jobs: createJobs(databases.main),
    previewMessage: createPreviewMessage({ log, reader, previewLink, run, inDirectChats }),
    onFailure: (error) => logger.error('link previews wait for this to be mended', { cause: String(error) }),
  })
}

/** Takes no more connections, and waits for the answers under way. */
async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), FINISH_MS)
  await closed
  clearTimeout(cut)
}
