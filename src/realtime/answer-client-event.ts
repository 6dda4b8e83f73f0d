import { randomUUID } from 'node:crypto'
import type { ClientInfo } from '../domain/client-info.js'
import { idSchema } from '../commands/catalogue/input-schemas.js'
import { isNestedDeeper } from '../commands/catalogue/nesting.js'
import type { SessionCheck } from '../identity/sessions/session-check.js'
import type { Authenticate } from '../requests/authenticate.js'
import { requestContext } from '../requests/request-context.js'
import { RequestRefused } from '../requests/request-refused.js'
import { createKeyedLimit, type KeyedBounds } from '../requests/keyed-limit.js'
import type { RequestPath, RequestState, Transport } from '../requests/request-path.js'
import type { ClientEventHandlers, Sender } from './client-events.js'
import {
  clientEventOperations,
  clientEventSchemas,
  errorOf,
  unknownEventOperation,
  type ClientEventName,
  type ProblemOf,
  type RealtimeSocket,
} from './protocol.js'

export interface AnswerClientEventDeps {
  handlers: ClientEventHandlers
  authenticate: Authenticate
  sessionCheck: SessionCheck
  requestPath: RequestPath
  problemOf: ProblemOf
  metrics: { clientEvent: OnAnswered }
  /** Of events that wait for their answer. */
  inboundBounds?: KeyedBounds
}

/** A flood of one socket leaves the node to others, and floods of many do not fill its memory. An event has at most 256 KiB. */
const INBOUND: KeyedBounds = { perKey: 8, waitingPerKey: 100, inAll: 512, waitingInAll: 1_500 }

/** `event` is one of the protocol, or `unknown`; `status` the one that HTTP would answer. */
export type OnAnswered = (event: ClientEventName | 'unknown', status: number, seconds: number) => void

/**
 * Runs one client event, whatever it holds, and answers it: by its ack where it has one, else by `error` where it is refused. Never
 * rejects.
 */
export type AnswerClientEvent = (
  socket: RealtimeSocket,
  client: ClientInfo,
  senderOf: SenderOf,
  args: unknown[],
) => Promise<void>

/** The sockets' adapter to the request path. */
export function createAnswerClientEvent(deps: AnswerClientEventDeps): AnswerClientEvent {
  const { handlers, authenticate, sessionCheck, requestPath, problemOf, metrics, inboundBounds = INBOUND } = deps
  const runInbound = createKeyedLimit(inboundBounds)

  function transportOf(name: unknown, payload: unknown, { data }: RealtimeSocket): Transport<RunHandler> {
    return {
      isBot: () => data.botToken !== null,
      async authenticate() {
        if (data.botToken !== null) return authenticate(data.botToken)
        const refusal = await sessionCheck(data.claims)
        if (refusal !== null) throw new RequestRefused(refusal)
        return data.claims
      },
      parameters: () => [],
      chatId: () => chatIdIn(payload) ?? '',
      outsiderCode: 'not-a-participant',
      readBody: () =>
        isNestedDeeper(payload)
          ? Promise.reject(new RequestRefused({ code: 'too-deeply-nested' }))
          : Promise.resolve(true),

      parse() {
        if (!isClientEvent(name)) throw new RequestRefused({ code: 'unknown-event' })
        const input = clientEventSchemas[name].parse(payload)
        // The schema of an event gives what its handler takes.
        return (sender, reply) => handlers[name](input as never, sender, reply)
      },
    }
  }

  return (socket, client, senderOf, args) => {
    const state: RequestState = { requestId: randomUUID(), client }
    return requestContext.run(state, () => answer(socket, state, senderOf, args))
  }

  async function answer(socket: RealtimeSocket, state: RequestState, senderOf: SenderOf, [name, ...args]: unknown[]) {
    const began = performance.now()
    const { requestId } = state
    const event = isClientEvent(name) ? name : 'unknown'
    const answered = (status: number): void => metrics.clientEvent(event, status, (performance.now() - began) / 1_000)
    const ack = takeAck(args)
    const payload = args.length > 1 ? args : args[0]
    const reply = (extra: object): void => ack?.({ ok: true, ...extra })
    const operation = isClientEvent(name) ? clientEventOperations[name] : unknownEventOperation
    try {
      const transport = transportOf(name, payload, socket)
      // An event for which there is no room is of an authenticated socket: others at its address do not pay for it.
      state.countedAs = 'nothing'
      const answer = (): Promise<object> => {
        delete state.countedAs
        return requestPath.run(operation, transport, state, (run) => run(senderOf(requestId), reply))
      }
      // A sync waits long, and has bounds of its own.
      reply(await (name === 'sync' ? answer() : runInbound(socket.id, answer)))
      answered(200)
    } catch (thrown) {
      const fault = requestPath.refuse(thrown, state, { event })
      const error = problemOf(fault, requestId)
      if (ack !== null) ack({ ok: false, error })
      else socket.emit('error', errorOf(error, chatIdIn(payload)))
      answered(error.status)
    }
  }
}

type SenderOf = (requestId: string) => Sender

type RunHandler = (sender: Sender, reply: (extra: object) => void) => Promise<object>

type Ack = (answer: object) => void

/** Socket.IO passes an ack as the last argument; calling it a second time does nothing. */
function takeAck(args: unknown[]): Ack | null {
  return typeof args.at(-1) === 'function' ? (args.pop() as Ack) : null
}

const isClientEvent = (name: unknown): name is ClientEventName =>
  typeof name === 'string' && Object.hasOwn(clientEventSchemas, name)

function chatIdIn(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('chatId' in payload)) return null
  return idSchema.safeParse(payload.chatId).data ?? null
}
