import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { ZodError } from 'zod'
import { login, register, type User } from './accounts.js'
import { createChat, listChats, markRead } from './chats.js'
import type { Database } from './database.js'
import {
  chatSchema,
  idSchema,
  keyHeaderSchema,
  listSchema,
  loginSchema,
  messageSchema,
  pageSchema,
  readSchema,
  registerSchema,
} from './inputs.js'
import { insertMessage, messagePage } from './messages.js'
import type { Sockets } from './sockets.js'
import type { Caller, Tokens } from './tokens.js'

export interface ApiDeps {
  database: Database
  tokens: Tokens
  isAudited: boolean
  sockets: Sockets
}

/** The routes that the benchmark asks for. */
export function createApi({ database, tokens, isAudited, sockets }: ApiDeps): Express {
  const api = express()
  api.disable('etag')
  api.disable('x-powered-by')
  api.set('query parser', 'simple')
  const body = express.json({ limit: 256 * 1024 })
  const { authenticate } = tokens

  const session = (res: Response, status: number, user: User | null, otherwise: number): void => {
    if (user === null) res.status(otherwise).end()
    else res.status(status).json({ user, accessToken: tokens.issue(user.id) })
  }

  api.get('/healthz', (_req, res) => void res.json({ status: 'ok' }))

  api.post('/auth/register', body, async (req, res) => {
    session(res, 201, await register(database, registerSchema.parse(req.body)), 409)
  })

  api.post('/auth/login', body, async (req, res) => {
    const { email, password } = loginSchema.parse(req.body)
    session(res, 200, await login(database, email, password), 401)
  })

  api.post('/chats/:id/messages', authenticate, body, async (req, res) => {
    const chatId = idSchema.parse(req.params['id'])
    const message = withKey(messageSchema.parse(req.body), req)
    const origin = { ip: req.socket.remoteAddress ?? '', userAgent: req.headers['user-agent'] ?? '' }
    const sent = await insertMessage(database, isAudited, { chatId, senderId: callerOf(req), message, origin })
    if (sent === null) {
      res.status(403).json({ code: 'not-authorized' })
      return
    }
    if (sent.isNew) sockets.newMessage(sent.message)
    res.status(201).json(sent.message)
  })

  api.get('/chats/:id/messages', authenticate, async (req, res) => {
    const chatId = idSchema.parse(req.params['id'])
    const page = await messagePage(database, chatId, callerOf(req), pageSchema.parse(req.query))
    if (page === null) res.status(404).json({ code: 'chat-not-found' })
    else res.json(page)
  })

  api.put('/chats/:id/read', authenticate, body, async (req, res) => {
    const { seq } = readSchema.parse(req.body)
    const isDone = await markRead(database, idSchema.parse(req.params['id']), callerOf(req), seq)
    res.status(isDone ? 204 : 403).end()
  })

  api.get('/chats', authenticate, async (req, res) => {
    res.json(await listChats(database, callerOf(req), listSchema.parse(req.query).limit))
  })

  api.post('/chats', authenticate, body, async (req, res) => {
    const { name, participantIds } = chatSchema.parse(req.body)
    const caller = callerOf(req)
    const id = await createChat(database, caller, name, participantIds)
    sockets.joined(id, [caller, ...participantIds])
    res.status(201).json({ id, name })
  })

  api.use(((_req, res) => void res.status(404).end()) satisfies RequestHandler)
  api.use(answerError)
  return api
}

const callerOf = (req: Request): string => (req.user as unknown as Caller).userId

/** The header counts as the message's own key. */
function withKey<Message extends { clientMessageId?: string | undefined }>(message: Message, req: Request): Message {
  const header = req.headers['idempotency-key']
  if (header === undefined) return message
  return { ...message, clientMessageId: message.clientMessageId ?? keyHeaderSchema.parse(header) }
}

const answerError: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  if (error instanceof ZodError) res.status(400).json({ code: 'validation-failed', errors: error.issues })
  else {
    process.stderr.write(`${String(error)}\n`)
    res.status(500).json({ code: 'internal' })
  }
}
