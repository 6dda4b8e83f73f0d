import { createSecretKey, randomBytes } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import winston from 'winston'
import { createApp, type App } from '../../src/app.js'
import type { Config } from '../../src/config.js'
import type { Overrides } from '../../src/core.js'
import { createTestDatabase, type TestDatabase } from './test-database.js'

export interface Answer {
  status: number
  headers: Headers
  // Tests read answers freely; a wrong shape fails them where it is read.
  body: never
}

export interface Person {
  id: string
  token: string
  email: string
}

export interface TestApp extends AsyncDisposable {
  readonly app: App
  /** What it was started with: another node takes the same. */
  readonly config: Config
  /** Stops the app, does what is to be done meanwhile, and starts it again on the same databases, with the same keys. */
  restart(meanwhile: (databaseUrl: string) => Promise<void>): Promise<void>
  register(name: string): Promise<Person>
  call(method: string, path: string, request?: { token?: string; body?: unknown; headers?: object }): Promise<Answer>
  /** Connected at once; closed with the app. */
  socket(token: string, cursors?: Record<string, number>, headers?: Record<string, string>): Socket
}

/** The whole app on databases of its own, with no message limit unless a test asks for one. */
export async function startTestApp(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<TestApp> {
  const database = await createTestDatabase()
  const whole = { ...configOn(database), ...config }
  const start = (): Promise<App> =>
    createApp(whole, { say: () => undefined, logger: winston.createLogger({ silent: true }), overrides })
  let app = await start()
  const sockets: Socket[] = []

  const call: TestApp['call'] = async (method, path, { token, body, headers = {} } = {}) => {
    const response = await fetch(app.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as never }
  }

  return {
    get app() {
      return app
    },
    config: whole,
    async restart(meanwhile) {
      await app[Symbol.asyncDispose]()
      await meanwhile(database.url)
      app = await start()
    },
    call,
    async register(name) {
      const email = `${name}-${randomBytes(6).toString('hex')}@example.com`
      const { body } = await call('POST', '/auth/register', { body: { email, password: 'correct horse', name } })
      const { user, accessToken } = body as { user: { id: string }; accessToken: string }
      return { id: user.id, token: accessToken, email }
    },
    socket(token, cursors, extraHeaders = {}) {
      const options = { transports: ['websocket'], forceNew: true, extraHeaders }
      const socket = io(app.url, { auth: { token, cursors }, ...options })
      sockets.push(socket)
      return socket
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close()
      await app[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

const configOn = ({ url, keysUrl }: TestDatabase): Config => ({
  port: 0,
  host: '127.0.0.1',
  dataDir: '.',
  eventStoreUrl: null,
  eventStoreStreamPrefix: '',
  databaseUrl: url,
  keysDatabaseUrl: keysUrl,
  masterKey: createSecretKey(randomBytes(32)),
  tokenKeys: [{ kid: 'test', key: createSecretKey(randomBytes(32)) }],
  allowedOrigins: [],
  accessTokenSeconds: 900,
  rateLimitMessagesPerMinute: 0,
  redisUrl: null,
  trustedProxies: [],
  rateLimits: false,
  metricsToken: null,
  logLevel: 'error',
  production: false,
})

/** The next event of this name. */
export const next = <Payload>(socket: Socket, event: string): Promise<Payload> =>
  new Promise((resolve) => socket.once(event, resolve))
