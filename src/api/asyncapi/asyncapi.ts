import { z } from 'zod'
import { serverEventNames, type ServerEventName } from '../../realtime/frames.js'
import { clientEventSchemas, handshakeSchema, type ClientEventName } from '../../realtime/protocol.js'
import { createToSchema, type JsonSchema, type ToSchema } from '../json-schema.js'
import { REQUEST_ID, withCodes } from '../openapi-problems.js'
import { ProblemError, problemOf } from '../problem-details.js'
import { ackShapes, refusedShape } from '../shapes/ack-shapes.js'
import { problemShape } from '../shapes/problem-shape.js'
import { serverEventShapes } from '../shapes/server-event-shapes.js'
import { clientEventDescriptions } from './client-event-descriptions.js'
import { CHAT_ID } from './example-values.js'
import { serverEventDescriptions } from './server-event-descriptions.js'

const clientEventNames = Object.keys(clientEventSchemas) as ClientEventName[]

const DESCRIPTION = `Socket.IO events, each with one payload. The handshake's \`auth\` carries the access token and, for each chat, the version
up to which the client has everything. Every event with a \`version\` has a \`chatId\`; the versions of a chat arrive in order, without a gap or a repeat. A client event is
answered by its ack; without an ack function a refusal is sent as \`error\`.`

/** AsyncAPI 3.0 of the sockets, from the very schemas that judge client events, and the shapes of what the server sends. */
export function asyncApiDocument(): object {
  const schemas: Record<string, JsonSchema> = {}
  const toSchema = createToSchema(schemas, 'draft-7')
  const messages = {
    ...handshakeMessages(toSchema),
    ...Object.fromEntries(clientEventNames.flatMap((name) => Object.entries(clientMessages(name, toSchema)))),
    ...Object.fromEntries(serverEventNames.map((name) => [serverKey(name), serverMessage(name, toSchema)])),
  }
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley', version: '1', description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: { socketIo },
    channels: { socket: { address: '/', title: 'The default namespace', messages } },
    operations: {
      connect: {
        ...operation('receive', 'handshake', 'Connects, and resumes after the cursors'),
        reply: replyOf('connect_error', serverKey('ready')),
      },
      ...Object.fromEntries(clientEventNames.map((name) => [clientKey(name), clientOperation(name)])),
      ...Object.fromEntries(serverEventNames.map((name) => [serverKey(name), serverOperation(name)])),
    },
    components: {
      schemas: { ...schemas, Problem: withCodes(schemas['Problem'] ?? {}) },
      securitySchemes: { accessToken },
    },
  }
}

const socketIo = {
  host: '{host}',
  pathname: '/socket.io/',
  protocol: 'wss',
  description: 'Socket.IO over a websocket',
  variables: { host: { default: '127.0.0.1:3000', description: 'Where the server listens' } },
  security: [{ $ref: '#/components/securitySchemes/accessToken' }],
}

const accessToken = {
  type: 'httpApiKey',
  name: 'token',
  in: 'query',
  description: '`token` in the `auth` of the Socket.IO handshake',
}

const refusal = problemOf(new ProblemError('not-authorized'), REQUEST_ID)
const expired = problemOf(new ProblemError('token-expired'), REQUEST_ID)

interface Example {
  name: string
  payload: object
}

const message = (name: string, summary: string, payload: JsonSchema, ...examples: Example[]): object => ({
  name,
  title: name,
  summary,
  payload,
  examples,
})

function handshakeMessages(toSchema: ToSchema): Record<string, object> {
  const example = { token: 'the accessToken of the last login', cursors: { [CHAT_ID]: 42 } }
  return {
    handshake: message('handshake', 'The `auth` of the Socket.IO handshake', toSchema(handshakeSchema, 'input'), {
      name: 'with a cursor',
      payload: example,
    }),
    connect_error: message(
      'connect_error',
      'The handshake was refused; `data` is the problem',
      toSchema(z.object({ message: z.string(), data: problemShape }), 'output'),
      { name: 'expired', payload: { message: expired.title, data: expired } },
    ),
  }
}

/** The event and its ack. */
function clientMessages(name: ClientEventName, toSchema: ToSchema): Record<string, object> {
  const { summary, example, ack } = clientEventDescriptions[name]
  const answers = { oneOf: [toSchema(ackShapes[name], 'output'), toSchema(refusedShape, 'output')] }
  return {
    [clientKey(name)]: message(name, summary, toSchema(clientEventSchemas[name], 'input'), {
      name: 'example',
      payload: example,
    }),
    [ackKey(name)]: message(
      `ack of ${name}`,
      `The answer to \`${name}\``,
      answers,
      { name: 'done', payload: { ok: true, ...ack } },
      { name: 'refused', payload: { ok: false, error: refusal } },
    ),
  }
}

function serverMessage(name: ServerEventName, toSchema: ToSchema): object {
  const { summary, example } = serverEventDescriptions[name]
  return message(name, summary, toSchema(serverEventShapes[name], 'output'), { name: 'example', payload: example })
}

const clientOperation = (name: ClientEventName): object => ({
  ...operation('receive', clientKey(name), clientEventDescriptions[name].summary),
  reply: replyOf(ackKey(name)),
})

const serverOperation = (name: ServerEventName): object =>
  operation('send', serverKey(name), serverEventDescriptions[name].summary)

/** Some events have the same name in both directions. */
const clientKey = (name: ClientEventName): string => `client.${name}`
const ackKey = (name: ClientEventName): string => `ack.${name}`
const serverKey = (name: ServerEventName): string => `server.${name}`

const channel = { $ref: '#/channels/socket' }
const refTo = (key: string): object => ({ $ref: `#/channels/socket/messages/${key}` })

/** As the server sees it: it receives what clients send. */
const operation = (action: 'send' | 'receive', key: string, summary: string): object => ({
  action,
  summary,
  channel,
  messages: [refTo(key)],
})

const replyOf = (...keys: string[]): object => ({ channel, messages: keys.map(refTo) })
