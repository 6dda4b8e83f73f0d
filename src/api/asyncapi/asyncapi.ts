import type { z } from 'zod'
import { serverEventNames, type ServerEventName } from '../../realtime/frames.js'
import { clientEventSchemas, handshakeSchema, type ClientEventName } from '../../realtime/protocol.js'
import { createToSchema, type Direction, type JsonSchema } from '../json-schema.js'
import { problemExamples, withCodes } from '../openapi-problems.js'
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

const refused = { ok: false, error: (problemExamples['not-authorized'] as { value?: object } | undefined)?.value }

/** AsyncAPI 3.0 of the sockets, from the very schemas that judge client events, and the shapes of what the server sends. */
export function asyncApiDocument(): object {
  const schemas: Record<string, JsonSchema> = {}
  const toSchema = createToSchema(schemas, 'draft-7')
  const messages: Record<string, object> = {}
  const operations: Record<string, object> = {}

  interface Described {
    summary: string
    example: object
  }
  function addMessage(key: string, name: string, payload: JsonSchema, { summary, example }: Described): void {
    messages[key] = { name, title: name, summary, payload, examples: [{ name: 'example', payload: example }] }
  }
  const payloadOf = (schema: z.ZodType, io: Direction): JsonSchema => toSchema(schema, io)

  addMessage('handshake', 'handshake', payloadOf(handshakeSchema, 'input'), {
    summary: 'The `auth` of the Socket.IO handshake; a refusal is a `connect_error` whose `data` is the problem',
    example: { token: 'the accessToken of the last login', cursors: { [CHAT_ID]: 42 } },
  })
  operations['connect'] = operation('receive', 'handshake', 'Connects, and resumes after the cursors')

  for (const name of clientEventNames) {
    const { summary, example, ack } = clientEventDescriptions[name]
    addMessage(clientKey(name), name, payloadOf(clientEventSchemas[name], 'input'), { summary, example })
    const answers = [payloadOf(ackShapes[name], 'output'), payloadOf(refusedShape, 'output')]
    messages[ackKey(name)] = {
      name: `ack of ${name}`,
      title: `ack of ${name}`,
      summary: `The answer to \`${name}\``,
      payload: { oneOf: answers },
      examples: [
        { name: 'done', payload: { ok: true, ...ack } },
        { name: 'refused', payload: refused },
      ],
    }
    const reply = { channel: { $ref: '#/channels/socket' }, messages: [{ $ref: messageRef(ackKey(name)) }] }
    operations[clientKey(name)] = { ...operation('receive', clientKey(name), summary), reply }
  }

  for (const name of serverEventNames) {
    const described = serverEventDescriptions[name]
    addMessage(serverKey(name), name, payloadOf(serverEventShapes[name], 'output'), described)
    operations[serverKey(name)] = operation('send', serverKey(name), described.summary)
  }

  payloadOf(problemShape, 'output')
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley', version: '1', description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      socketIo: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'wss',
        description: 'Socket.IO over a websocket',
        variables: { host: { default: '127.0.0.1:3000', description: 'Where the server listens' } },
        security: [{ $ref: '#/components/securitySchemes/accessToken' }],
      },
    },
    channels: {
      socket: { address: '/', title: 'The default namespace', messages },
    },
    operations,
    components: {
      schemas: { ...schemas, Problem: withCodes(schemas['Problem'] ?? {}) },
      securitySchemes: {
        accessToken: {
          type: 'httpApiKey',
          name: 'token',
          in: 'query',
          description: '`token` in the handshake’s `auth`',
        },
      },
    },
  }
}

/** Some events have the same name in both directions. */
const clientKey = (name: ClientEventName): string => `client.${name}`
const ackKey = (name: ClientEventName): string => `ack.${name}`
const serverKey = (name: ServerEventName): string => `server.${name}`

const messageRef = (key: string): string => `#/channels/socket/messages/${key}`

const operation = (action: 'send' | 'receive', key: string, summary: string): object => ({
  action,
  summary,
  channel: { $ref: '#/channels/socket' },
  messages: [{ $ref: messageRef(key) }],
})
