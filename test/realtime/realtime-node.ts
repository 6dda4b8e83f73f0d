import { createSecretKey, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import winston from 'winston'
import { onFailure } from '../support/failure-report.js'
import { createClientAddress } from '../../src/api/client-address.js'
import { problemOf } from '../../src/api/problem-details.js'
import { createMessageLimit } from '../../src/commands/message-limit.js'
import type { Caller, InputOf, RunCommand } from '../../src/commands/run-command.js'
import { createRequestLimits } from '../../src/limits/request-limits.js'
import { createAuthenticate } from '../../src/requests/authenticate.js'
import type { KeyedBounds } from '../../src/requests/keyed-limit.js'
import { createRequestPath } from '../../src/requests/request-path.js'
import { createSubmitMessage } from '../../src/commands/submit-message.js'
import { parseConfig } from '../../src/app/config.js'
import { openCore, type Core } from '../../src/app/core.js'
import { idOf } from '../../src/domain/streams.js'
import { createTokens } from '../../src/identity/sessions/tokens.js'
import type { ConversationQueries } from '../../src/projections/conversations/conversation-queries.js'
import type {
  MessageView,
  ParticipantView,
  UserRef,
  SharedChatView,
} from '../../src/projections/conversations/views.js'
import { createLocalPresence } from '../../src/realtime/presence/local-presence.js'
import { createRealtime, type Realtime } from '../../src/realtime/gateway.js'
import { createPastFrames, type PastFrames } from '../../src/realtime/past-frames.js'
import { createUserCache } from '../../src/realtime/user-cache.js'
import { createRenderSentMessage, type RenderSentMessage } from '../../src/realtime/render-sent-message.js'
import type { Problem } from '../../src/realtime/protocol.js'
import { createReleases } from '../../src/app/release.js'
import { startRevocations } from '../../src/app/start-revocations.js'
import type { SecurityEvent } from '../../src/security/security-events.js'
import { eventually } from '../support/eventually.js'
import type { TestDatabase } from '../support/test-database.js'

const tokenKey = createSecretKey(Buffer.alloc(32, 5))
const silent = winston.createLogger({ silent: true })

export interface NodeOptions {
  queries?: (queries: ConversationQueries) => ConversationQueries
  renderSentMessage?: (renderSentMessage: RenderSentMessage) => RenderSentMessage
  maxBuffered?: number
  maxMissed?: number
  messagesPerMinute?: number
  inboundBounds?: KeyedBounds
  tokenGraceMs?: number
  /** In place of the log, where its head is asked for to confirm what is revoked. */
  headOf?: Pick<Core['log'], 'head'>
  allowedOrigins?: string[]
}

/** The sockets of one node on a real log, real read models and a real server. */
export interface RealtimeNode extends AsyncDisposable {
  core: Core
  realtime: Realtime
  pastFrames: PastFrames
  renderSentMessage: RenderSentMessage
  url: string
  connections: () => number
  /** What sockets told of. */
  securityEvents: SecurityEvent[]
  /** Resolves when read models and sockets have all that is in the log. */
  settled(): Promise<void>
  token(userId: string, options?: { session?: string; seconds?: number; roles?: string[]; generation?: number }): string
  connect(userId: string, cursors?: Record<string, number>): Promise<Client>
  register(name: string): Promise<string>
  createChat(by: string, others: string[], options?: Partial<InputOf<'createChat'>>): Promise<string>
  send(chatId: string, by: string, content: string): Promise<void>
  run: <Name extends Parameters<RunCommand>[0]>(name: Name, input: InputOf<Name>, by: string) => Promise<string>
}

const MASTER_KEY = Buffer.alloc(32, 7)
/** Of every node. */
export const masterKey = createSecretKey(MASTER_KEY)

export async function startNode(database: TestDatabase, options: NodeOptions = {}): Promise<RealtimeNode> {
  const releases = createReleases()
  const failures: unknown[] = []
  const report = onFailure((error) => failures.push(error))
  const core = await openCore(
    parseConfig(
      {
        DATABASE_URL: database.url,
        KEYS_DATABASE_URL: database.keysUrl,
        MASTER_KEY: MASTER_KEY.toString('base64'),
        TOKEN_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
        AUDIT_SIGNING_KEYS: `test:${Buffer.alloc(32, 6).toString('base64')}`,
      },
      () => '',
    ),
    { print: () => undefined, report, onAppended: () => undefined },
    releases,
  )
  const { log, reader, clock } = core
  const queries = options.queries?.(core.queries) ?? core.queries
  const { progress } = core.runners.conversations
  const comparePositions = (a: string, b: string): number => log.comparePositions(a, b)
  const people = createUserCache({ queries, progress, comparePositions, since: await log.head() })
  const present = createRenderSentMessage({ log, reader, people, progress, queries, timeoutMs: 20_000 })
  const renderSentMessage = options.renderSentMessage?.(present) ?? present
  const tokensLasting = (accessTokenSeconds: number) =>
    createTokens({
      keys: [{ kid: 'test', key: tokenKey }],
      issuer: 'test',
      audience: 'test',
      accessTokenSeconds,
      clock,
    })
  const httpServer = createServer((_, response) => response.writeHead(404).end())
  let connections = 0
  const { sessionCheck, revocations } = await startRevocations(
    core,
    {
      tokenMs: 900_000,
      log: options.headOf ?? log,
      print: () => undefined,
      report,
    },
    releases,
  )
  const securityEvents: SecurityEvent[] = []
  const security = { record: (event: SecurityEvent) => void securityEvents.push(event) }
  const limits = createRequestLimits({ isOn: false, onRefused: () => undefined })

  const limit = createMessageLimit(options.messagesPerMinute ?? 0)
  const saying = { run: core.run, limit, isRefused: () => Promise.resolve(false) }
  const realtime = releases.add(
    createRealtime({
      httpServer,
      log,
      reader,
      queries,
      isSkipped: core.isSkipped,
      presence: createLocalPresence(clock),
      redis: null,
      progress,
      people,
      authenticate: createAuthenticate({
        tokens: tokensLasting(900),
        sessionCheck,
        botCheck: () => Promise.reject(new Error('no bots here')),
      }),
      requestPath: createRequestPath({ limits, security, problemOf, logger: silent }),
      sessionCheck,
      revocations,
      run: core.run,
      sendMessage: createSubmitMessage('sendMessage', saying),
      editMessage: createSubmitMessage('editMessage', saying),
      renderSentMessage,
      report,
      problemOf,
      clock,
      clientAddress: createClientAddress([]),
      limits,
      security,
      allowedOrigins: options.allowedOrigins ?? [],
      logger: silent,
      metrics: {
        deliverySeconds: () => undefined,
        clientEvent: () => undefined,
        connections: (count) => (connections = count),
      },
      ...(options.maxBuffered === undefined ? {} : { maxBuffered: options.maxBuffered }),
      ...(options.maxMissed === undefined ? {} : { maxMissed: options.maxMissed }),
      ...(options.inboundBounds === undefined ? {} : { inboundBounds: options.inboundBounds }),
      ...(options.tokenGraceMs === undefined ? {} : { tokenGraceMs: options.tokenGraceMs }),
    }),
  )
  httpServer.listen(0, '127.0.0.1')
  await once(httpServer, 'listening')
  const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
  const clients: Client[] = []
  releases.onRelease(() => new Promise<void>((resolve) => httpServer.close(() => resolve())))

  const token: RealtimeNode['token'] = (
    userId,
    { session = randomUUID(), seconds = 900, roles = [], generation = 0 } = {},
  ) => tokensLasting(seconds).issue({ userId, sessionId: session, roles, generation, authTime: clock() }).token

  const run: RealtimeNode['run'] = async (name, input, by) => {
    const result = await core.run(name, input, callerOf(by))
    if (result.kind === 'rejected') throw new Error(`${name}: ${JSON.stringify(result.rejection)}`)
    return idOf(result.stream)
  }

  return {
    core,
    realtime,
    pastFrames: createPastFrames({ log, reader, queries, isSkipped: core.isSkipped }),
    renderSentMessage,
    url,
    connections: () => connections,
    securityEvents,
    async settled() {
      const head = await log.head()
      await progress.reached(head)
      await eventually(() => {
        if (comparePositions(realtime.status().position, head) < 0) throw new Error('the sockets lack events')
      })
    },
    token,
    async connect(userId, cursors) {
      const client = openClient(url, { token: token(userId), ...(cursors && { cursors }) })
      clients.push(client)
      await client.first('ready')
      return client
    },
    register: (name) => run('registerUser', { name, imported: false }, randomUUID()),
    createChat: (by, participantIds, chat = {}) => run('createChat', { ...group, participantIds, ...chat }, by),
    async send(chatId, by, content) {
      const message = { messageType: 'text', content, metadata: null, clientMessageId: null }
      await run('sendMessage', { chatId, ...message }, by)
    },
    run,
    async [Symbol.asyncDispose]() {
      for (const { socket } of clients) socket.disconnect()
      await releases[Symbol.asyncDispose]()
    },
  }
}

const group = {
  chatType: 'group',
  name: 'Garden',
  historyVisibility: 'full',
  joinPolicy: 'invite',
  imported: false,
} as const

export const callerOf = (userId: string): Caller => ({
  userId,
  origin: 'rest',
  correlationId: randomUUID(),
  key: null,
  client: null,
})

/** What comes with the next of this event, Socket.IO's own ones included. */
export const next = <Payload>(socket: Socket, event: string): Promise<Payload> =>
  new Promise((resolve) => socket.once(event, resolve))

/** All that a frame or an answer may hold; each test knows what it looks for. */
export interface Payload {
  userId: string
  chatId: string
  version: number
  fromVersion?: number
  id: string
  content: string
  sender: UserRef
  chat: SharedChatView
  participant: ParticipantView
  participants: UserRef[]
  by: UserRef
  chats: Record<string, object>
  reconnectAfterMs: number
  code: string
  ok: boolean
  position: string
  message: MessageView
  error: Problem
}

export interface Heard {
  event: string
  payload: Payload
}

export interface Client {
  socket: Socket
  /** Everything received so far, in order. */
  received: Heard[]
  /** Those of these events. */
  of(...events: string[]): Heard[]
  /** Waits for the first of this event. */
  first(event: string): Promise<Heard>
  /** Emits with an ack. */
  ask(event: string, ...payload: unknown[]): Promise<Payload>
}

export function openClient(url: string, auth: object, options: object = {}): Client {
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false, ...options })
  const received: Heard[] = []
  socket.onAny((event: string, payload: Payload) => received.push({ event, payload }))
  const of = (...events: string[]): Heard[] => received.filter(({ event }) => events.includes(event))
  return {
    socket,
    received,
    of,
    first: (event) =>
      eventually(() => {
        const [found] = of(event)
        if (found === undefined)
          throw new Error(`no ${event} among ${JSON.stringify(received.map((each) => each.event))}`)
        return found
      }),
    ask: (event, ...payload) => socket.timeout(30_000).emitWithAck(event, ...payload) as Promise<Payload>,
  }
}
