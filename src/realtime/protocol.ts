import type { DefaultEventsMap, Server, Socket } from 'socket.io'
import { z } from 'zod'
import {
  editBodySchema,
  emojiSchema,
  idSchema,
  messageBodySchema,
  readBodySchema,
} from '../commands/catalogue/input-schemas.js'
import type { Identity } from '../requests/authenticate.js'
import type { BotPolicy, CountsAs, Operation } from '../requests/operation.js'
import type { ServerEventName } from './frames.js'

/** What clients send over sockets. Unknown fields are refused. */

const MAX_CURSORS = 5_000
export const MAX_HANDSHAKE_CURSORS = 1_000
const MAX_VERSION = 2 ** 31 - 1

/** For each chat, the last version that the client has. */
const cursorsSchema = z
  .record(idSchema, z.int().min(0).max(MAX_VERSION))
  .refine((cursors) => Object.keys(cursors).length <= MAX_CURSORS, `holds more than ${MAX_CURSORS} chats`)

export type Cursors = z.infer<typeof cursorsSchema>

const tokenSchema = z.string().min(1).max(8_192)
const ofMessage = { chatId: idSchema, messageId: idSchema }
const inChatSchema = z.strictObject({ chatId: idSchema })

export const handshakeSchema = z.strictObject({ token: tokenSchema, cursors: cursorsSchema.default({}) })

export const clientEventSchemas = {
  send_message: messageBodySchema.extend({ chatId: idSchema }),
  edit_message: editBodySchema.extend(ofMessage),
  delete_message: z.strictObject(ofMessage),
  react: z.strictObject({ ...ofMessage, emoji: emojiSchema, on: z.boolean() }),
  join_chat: inChatSchema,
  leave_chat: inChatSchema,
  read: readBodySchema.extend({ chatId: idSchema }),
  typing: inChatSchema,
  sync: z.strictObject({ cursors: cursorsSchema }),
  authenticate: z.strictObject({ token: tokenSchema }),
}

export type ClientEventName = keyof typeof clientEventSchemas

const operation = (access: Operation['access'], bots: BotPolicy, countsAs: CountsAs = 'request'): Operation => ({
  access,
  bots,
  countsAs,
  waitsForReadModel: false,
  cost: 1,
  requiresRole: {},
})

/** What each event demands, in the same terms as the routes. */
export const clientEventOperations: Readonly<Record<ClientEventName, Operation>> = {
  send_message: operation('participant', 'bound', 'message'),
  edit_message: operation('author', 'bound', 'message'),
  delete_message: operation('participant', 'bound'),
  react: operation('participant', 'bound'),
  join_chat: operation('open-chat', 'refused'),
  leave_chat: operation('participant', 'refused'),
  read: operation('participant', 'bound'),
  typing: operation('participant', 'bound'),
  sync: operation('user', 'admitted'),
  authenticate: operation('user', 'refused'),
}

/** For events that do not exist. */
export const unknownEventOperation = operation('user', 'admitted')

export interface SocketData {
  /** Of a bot, with the chats that its token is bound to: its socket gets events of these alone. */
  claims: Identity
  cursors: Cursors
  /** A bot's token, which is verified again while the socket is open; null for a user. */
  botToken: string | null
}

/** Nothing else can be sent: every name is in `asyncapi.json`. */
type ServerEvents = Record<ServerEventName, (payload: object) => void>

export type RealtimeServer = Server<DefaultEventsMap, ServerEvents, DefaultEventsMap, SocketData>
export type RealtimeSocket = Socket<DefaultEventsMap, ServerEvents, DefaultEventsMap, SocketData>

/** RFC 9457, as REST answers it. */
export interface Problem {
  status: number
  code: string
  title: string
  detail?: string
  retryAfterSeconds?: number
}

/** The payload of the `error` event. */
export const errorOf = (problem: Problem, chatId: string | null = null): object => ({
  ...problem,
  message: problem.detail ?? problem.title,
  chatId,
})

/** The problem for any fault: an error that was thrown, or a refusal as a value. */
export type ProblemOf = (fault: unknown, requestId: string) => Problem
