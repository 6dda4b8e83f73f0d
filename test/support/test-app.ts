import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { Writable } from 'node:stream'
import { io, type Socket } from 'socket.io-client'
import type winston from 'winston'
import { createLogger } from '../../src/app/logs/logger.js'
import { createApp, type App } from '../../src/app/start-app.js'
import type { AccountRole } from '../../src/domain/roles/events.js'
import type { Config } from '../../src/app/config.js'
import type { Overrides } from '../../src/app/overrides.js'
import type { SafeFetch } from '../../src/outbound/safe-fetch.js'
import type { Mail, Mailer } from '../../src/identity/mail/mailer.js'
import { changeRoles } from './change-roles.js'
import { createTestDatabase, type TestDatabase } from './test-database.js'

/** For the read models, on a busy machine. */
const PATIENCE_MS = 20_000

const PASSWORD = 'correct horse'

export interface Answer {
  status: number
  headers: Headers
  body: unknown
}

export interface TestUser {
  id: string
  token: string
  refreshToken: string
  email: string
}

/** One node of several. */
export interface Node {
  app: App
  call: TestApp['call']
  socket: TestApp['socket']
}

export interface TestApp extends AsyncDisposable {
  readonly app: App
  /** What it was started with: another node takes the same. */
  readonly config: Config
  /** All that would have been mailed, unless a test gives a mailer of its own. */
  readonly mails: Mail[]
  /** The lines shown to the operator, by every start. */
  readonly printed: string[]
  /** The lines logged by every node, as JSON. */
  readonly logged: string[]
  /** Stops the app, does what is to be done meanwhile, and starts it again on the same databases, with the same keys unless the
   * configuration says otherwise. */
  restart(meanwhile: (databaseUrl: string) => Promise<void>, config?: Partial<Config>): Promise<void>
  register(name: string): Promise<TestUser>
  /** Registers a user and logs in again with these roles. */
  withRoles(name: string, ...roles: AccountRole[]): Promise<TestUser>
  login(person: TestUser): Promise<TestUser>
  /** Environment variables of a process that is one more node, with a port of its own. */
  environment: Record<string, string>
  /** Another node on the same databases, with the same keys; stopped with the app. */
  startNode(more?: Overrides, config?: Partial<Config>): Promise<Node>
  call(method: string, path: string, request?: { token?: string; body?: unknown; headers?: object }): Promise<Answer>
  /** Connected at once; closed with the app. */
  socket(token: string, cursors?: Record<string, number>, headers?: Record<string, string>): Socket
}

/** Tests reach no network, unless they bring one. */
const nowhere: SafeFetch = () => Promise.resolve({ kind: 'refused', code: 'unresolvable' })

/** The whole app on databases of its own, with no message limit unless a test asks for one. */
export async function startTestApp(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<TestApp> {
  const database = await createTestDatabase()
  const whole = { ...configOn(database), ...config }
  const mails: Mail[] = []
  const mailer: Mailer = { deliver: (mail) => Promise.resolve(void mails.push(mail)), close: () => undefined }
  const printed: string[] = []
  const logged: string[] = []
  const options = {
    print: (line: string) => void printed.push(line),
    logger: createMemoryLogger(logged, whole.logLevel),
  }
  const start = (more: Partial<Config> = {}, moreOverrides: Overrides = {}): Promise<App> =>
    createApp(
      { ...whole, ...more },
      {
        ...options,
        overrides: { mailer, safeFetch: nowhere, readModelWaitMs: PATIENCE_MS, ...overrides, ...moreOverrides },
      },
    )
  let app = await start().catch(async (error: unknown) => {
    await database[Symbol.asyncDispose]()
    throw error
  })
  const sockets: Socket[] = []
  const nodes: App[] = []

  const callOf =
    (url: () => string): TestApp['call'] =>
    async (method, path, { token, body, headers = {} } = {}) => {
      const response = await fetch(url() + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
    }
  const call = callOf(() => app.url)

  const socketOf =
    (url: () => string): TestApp['socket'] =>
    (token, cursors, extraHeaders = {}) => {
      const options = { transports: ['websocket'], forceNew: true, extraHeaders }
      const socket = io(url(), { auth: { token, cursors }, ...options })
      sockets.push(socket)
      return socket
    }

  const register: TestApp['register'] = async (name) => {
    const email = `${name}-${randomBytes(6).toString('hex')}@example.com`
    const { status, body } = await call('POST', '/auth/register', { body: { email, password: PASSWORD, name } })
    if (status !== 201) throw new Error(`registering ${name} was answered ${status}: ${JSON.stringify(body)}`)
    const { user, ...tokens } = body as { user: { id: string }; accessToken: string; refreshToken: string }
    return { id: user.id, token: tokens.accessToken, refreshToken: tokens.refreshToken, email }
  }

  const login: TestApp['login'] = async (person) => {
    const { body } = await call('POST', '/auth/login', { body: { email: person.email, password: PASSWORD } })
    const { accessToken, refreshToken } = body as { accessToken: string; refreshToken: string }
    return { ...person, token: accessToken, refreshToken }
  }

  return {
    get app() {
      return app
    },
    config: whole,
    async restart(meanwhile, more) {
      await app[Symbol.asyncDispose]()
      await meanwhile(database.url)
      app = await start(more)
    },
    mails,
    printed,
    logged,
    call,
    register,
    login,
    async withRoles(name, ...roles) {
      const person = await register(name)
      await changeRoles(app, person.id, { to: roles })
      return login(person)
    },
    environment: environmentOf(whole),
    async startNode(more = {}, moreConfig = {}) {
      const node = await start(moreConfig, more)
      nodes.push(node)
      return { app: node, call: callOf(() => node.url), socket: socketOf(() => node.url) }
    },
    socket: socketOf(() => app.url),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close()
      for (const node of nodes) await node[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** At the level info, unless a test asks for one. */
function createMemoryLogger(lines: string[], logLevel: Config['logLevel']): winston.Logger {
  const stream = new Writable({
    write(line, _, done) {
      lines.push(String(line))
      done()
    },
  })
  return createLogger({ level: logLevel === 'error' ? 'info' : logLevel, json: true, stream })
}

const configOn = ({ url, keysUrl }: TestDatabase): Config => ({
  port: 0,
  host: '127.0.0.1',
  processes: 1,
  roles: ['api', 'realtime', 'projector'],
  dataDir: '.',
  eventStoreUrl: null,
  eventStoreStreamPrefix: '',
  databaseUrl: url,
  keysDatabaseUrl: keysUrl,
  databaseOwnerUrl: null,
  keysDatabaseOwnerUrl: null,
  masterKey: createSecretKey(randomBytes(32)),
  masterKeysAccepted: [],
  tokenKeys: [{ kid: 'test', key: createSecretKey(randomBytes(32)) }],
  auditSigningKeys: [{ kid: 'test', key: createSecretKey(randomBytes(32)) }],
  auditCheckpointSeconds: 60,
  auditAnchors: [],
  allowedOrigins: [],
  accessTokenSeconds: 900,
  rateLimitMessagesPerMinute: 0,
  redisUrl: null,
  longPolling: false,
  drainReconnectSeconds: 5,
  resyncAfterEvents: 1_000,
  trustedProxies: [],
  rateLimits: false,
  metricsToken: null,
  metricsPort: null,
  metricsHost: '127.0.0.1',
  blockedWords: [],
  allowedWords: [],
  blockedWordsPolicy: 'off',
  linkPreviews: false,
  flagsFile: null,
  linkPreviewsInDirectChats: false,
  logLevel: 'error',
  accessLog: null,
  auditLog: null,
  otlpEndpoint: null,
  sentryDsn: null,
  production: false,
  registration: 'open',
  smtpUrl: null,
  publicUrl: 'https://chat.example.com',
  projectionsDir: null,
  projectionsPersonalFields: [],
  analyticsDatabaseUrl: null,
})

const inBase64 = (key: KeyObject): string => key.export().toString('base64')

function environmentOf({ databaseUrl, keysDatabaseUrl, masterKey, tokenKeys, auditSigningKeys, ...config }: Config) {
  const listed = (keys: { kid: string; key: KeyObject }[]) =>
    keys.map(({ kid, key }) => `${kid}:${inBase64(key)}`).join()
  const { eventStoreUrl, eventStoreStreamPrefix, databaseOwnerUrl, keysDatabaseOwnerUrl } = config
  const { projectionsDir, analyticsDatabaseUrl, projectionsPersonalFields: personal } = config
  return {
    PORT: '0',
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    ...(keysDatabaseUrl !== null && { KEYS_DATABASE_URL: keysDatabaseUrl }),
    ...(databaseOwnerUrl !== null && { DATABASE_OWNER_URL: databaseOwnerUrl }),
    ...(keysDatabaseOwnerUrl !== null && { KEYS_DATABASE_OWNER_URL: keysDatabaseOwnerUrl }),
    ...(masterKey !== null && { MASTER_KEY: inBase64(masterKey) }),
    ...(tokenKeys !== null && { TOKEN_KEYS: listed(tokenKeys) }),
    ...(auditSigningKeys !== null && { AUDIT_SIGNING_KEYS: listed(auditSigningKeys) }),
    ...(eventStoreUrl !== null && { EVENTSTORE_URL: eventStoreUrl }),
    ...(projectionsDir !== null && { PROJECTIONS_DIR: projectionsDir }),
    ...(analyticsDatabaseUrl !== null && { ANALYTICS_DATABASE_URL: analyticsDatabaseUrl }),
    ...(personal.length > 0 && { PROJECTIONS_PERSONAL_FIELDS: personal.join() }),
    AUDIT_CHECKPOINT_SECONDS: String(config.auditCheckpointSeconds),
    EVENTSTORE_STREAM_PREFIX: eventStoreStreamPrefix,
    RATE_LIMITS: config.rateLimits ? 'on' : 'off',
    LINK_PREVIEWS: config.linkPreviews ? 'on' : 'off',
  }
}

/** The next event of this name. */
export const next = <Payload>(socket: Socket, event: string): Promise<Payload> =>
  new Promise((resolve) => socket.once(event, resolve))
