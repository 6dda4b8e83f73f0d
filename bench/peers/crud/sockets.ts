import type { Server as HttpServer } from 'node:http'
import { Server, type DefaultEventsMap, type Socket } from 'socket.io'
import { chatIdsOf } from './chats.js'
import type { Database } from './database.js'
import { socketMessageSchema } from './inputs.js'
import { insertMessage, type Message } from './messages.js'
import type { Caller, Tokens } from './tokens.js'

export interface Sockets {
  /** To all who are in the chat now. */
  newMessage(message: Message): void
  /** From now on these people's sockets hear of the chat. */
  joined(chatId: string, userIds: readonly string[]): void
}

type PeerSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Caller>
type Ack = (answer: object) => void

export function createSockets(
  httpServer: HttpServer,
  { database, tokens, isAudited }: { database: Database; tokens: Tokens; isAudited: boolean },
): Sockets {
  const io = new Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Caller>(httpServer, {
    serveClient: false,
  })
  const newMessage = (message: Message): void => void io.to(message.chatId).emit('new_message', message)

  io.use((socket, next) => {
    const { token } = socket.handshake.auth as { token?: unknown }
    const caller = typeof token === 'string' ? tokens.verify(token) : null
    if (caller === null) {
      next(new Error('invalid-token'))
      return
    }
    socket.data = caller
    next()
  })

  async function send({ data, handshake }: PeerSocket, input: unknown): Promise<object> {
    const parsed = socketMessageSchema.safeParse(input)
    if (!parsed.success) return { ok: false, error: { status: 400, code: 'validation-failed' } }
    const { chatId, ...message } = parsed.data
    const origin = { ip: handshake.address, userAgent: handshake.headers['user-agent'] ?? '' }
    const sent = await insertMessage(database, isAudited, { chatId, senderId: data.userId, message, origin })
    if (sent === null) return { ok: false, error: { status: 403, code: 'not-authorized' } }
    if (sent.isNew) newMessage(sent.message)
    return { ok: true, message: sent.message }
  }

  async function welcome(socket: PeerSocket): Promise<void> {
    const { userId } = socket.data
    const chatIds = await chatIdsOf(database, userId)
    await socket.join([userId, ...chatIds])
    socket.emit('ready', { userId })
  }

  io.on('connection', (socket) => {
    socket.on('send_message', (input: unknown, ack: Ack) => {
      send(socket, input).then(ack, () => ack({ ok: false, error: { status: 500, code: 'internal' } }))
    })
    welcome(socket).catch(() => socket.disconnect(true))
  })

  return { newMessage, joined: (chatId, userIds) => io.in([...userIds]).socketsJoin(chatId) }
}
