import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'winston'
import { problemOf } from './api/problem-details.js'
import { createApi } from './api/server.js'
import { originsOf } from './api/cross-origin.js'
import { createMessageLimit } from './commands/message-limit.js'
import { createSendMessage, type SendMessage } from './commands/send-message.js'
import type { RunCommand } from './commands/run-command.js'
import type { Config } from './config.js'
import { openCore, type Core, type Overrides } from './core.js'
import { createAccounts } from './identity/accounts.js'
import { createAddresses } from './identity/addresses.js'
import { createPasswords } from './identity/passwords.js'
import { registerUser } from './identity/register-user.js'
import { createTokens } from './identity/tokens.js'
import { createLogger } from './logger.js'
import { createMetrics, measureLag, type Lag, type Metrics } from './metrics.js'
import { createPastFrames } from './realtime/past-frames.js'
import { createPersonCache, type PersonCache } from './realtime/person-cache.js'
import { createPresentSent } from './realtime/present-sent.js'
import { createRealtime } from './realtime/gateway.js'
import { createReadiness } from './readiness.js'
import { createReleases, type Releases } from './release.js'
import { openRevocationGate } from './revocation-gate.js'
import type { Runner } from './projections/runner.js'

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

  const people = createPersonCache({ queries, progress, comparePositions, since: await log.head() })
  const run = tellingPeople(core.run, people)
  const limit = createMessageLimit(config.rateLimitMessagesPerMinute)
  const sendMessage = measured(createSendMessage(run, limit), metrics)
  const presentSent = createPresentSent({ log, reader, people, progress, queries })
  const { accessTokenSeconds } = config
  const tokens = createTokens({
    keys: databases.tokenKeys,
    issuer: ISSUER,
    audience: AUDIENCE,
    accessTokenSeconds,
    clock,
  })
  const { gate, revocations, canTellSessions } = await openRevocationGate(
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
    gate,
    revocations,
    run,
    sendMessage,
    presentSent,
    clock,
    comparePositions,
  }

  const server = createServer()
  const api = createApi({
    ...shared,
    log: logger,
    accounts: createAccounts({
      pool: databases.main,
      passwords: createPasswords(),
      registerUser: registerUser(run),
      newId: randomUUID,
    }),
    addresses: createAddresses(databases.main),
    standings: core.standings,
    pastFrames: createPastFrames({ log, reader, queries }),
    readiness: createReadiness({
      log,
      pool: databases.main,
      runners: Object.values(runners),
      realtime: () => realtime.status(),
      canTellSessions,
    }),
    registry: metrics.registry,
    ownWrites,
    head: () => log.head(),
    allowedOrigins: config.allowedOrigins,
    production: config.production,
    sessions: { newId: randomUUID },
  })
  server.on('request', (request, response) => void api(request, response))
  releases.onRelease(() => closeServer(server))
  const realtime = releases.add(
    createRealtime({
      ...shared,
      httpServer: server,
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
  const { port } = server.address() as AddressInfo
  return { url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`, core }
}

/** A person who has changed their profile here is shown so at once. */
const tellingPeople =
  (run: RunCommand, people: PersonCache): RunCommand =>
  async (name, input, caller) => {
    const result = await run(name, input, caller)
    if (name === 'changeProfile' && result.kind !== 'rejected') people.changedAt(caller.userId, result.position)
    return result
  }

const measured =
  (sendMessage: SendMessage, metrics: Metrics): SendMessage =>
  async (input, caller) => {
    const stop = metrics.messageSeconds.startTimer()
    const result = await sendMessage(input, caller)
    stop()
    if (result.kind === 'done') metrics.messagesSent.inc()
    if (result.kind === 'limited') metrics.rateLimited.inc()
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
