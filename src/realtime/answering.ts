import { randomUUID } from 'node:crypto'
import type winston from 'winston'
import { rolesSuffice } from '../identity/access.js'
import type { SessionCheck } from '../identity/sessions/session-check.js'
import { idSchema } from '../commands/catalogue/input-schemas.js'
import { isNestedDeeper } from '../commands/catalogue/nesting.js'
import type { Claims } from '../identity/sessions/tokens.js'
import type { RequestLimits } from '../limits/request-limits.js'
import type { SecurityEvents } from '../security/security-events.js'
import type { ClientEventHandlers, Reply, Sender } from './client-events.js'
import {
  clientEventAccess,
  clientEventSchemas,
  errorOf,
  type ClientEventName,
  type ProblemOf,
  type RealtimeSocket,
} from './protocol.js'

export interface AnsweringDeps {
  handlers: ClientEventHandlers
  sessionCheck: SessionCheck
  problemOf: ProblemOf
  logger: winston.Logger
  limits: Omit<RequestLimits, 'isSpent'>
  security: SecurityEvents
}

/** Answers one client event, whatever it holds: by its ack where it has one, else by `error` where it is refused. Never rejects. */
export type Answering = (
  socket: RealtimeSocket,
  senderOf: (requestId: string) => Sender,
  args: unknown[],
) => Promise<void>

export function createAnswering({
  handlers,
  sessionCheck,
  problemOf,
  logger,
  limits,
  security,
}: AnsweringDeps): Answering {
  async function handle(
    name: unknown,
    payload: unknown,
    sender: Sender,
    claims: Claims,
    reply: (extra: object) => void,
  ): Promise<Reply> {
    const refused = sessionCheck(claims)
    const fault = refused instanceof Promise ? await refused : refused
    if (fault !== null) return { fault }
    const limited = limitedBy(sender, name === 'send_message')
    if (limited !== null) return { fault: limited }
    if (!isClientEvent(name)) return { fault: { code: 'unknown-event' } }
    if (!rolesSuffice(clientEventAccess[name], claims.roles)) return { fault: { code: 'not-authorized' } }
    if (isNestedDeeper(payload)) return { fault: { code: 'too-deeply-nested' } }
    const parsed = clientEventSchemas[name].safeParse(payload)
    if (!parsed.success) return { fault: parsed.error }
    // What the schema of an event gives is what its handler takes.
    return handlers[name](parsed.data as never, sender, reply)
  }

  /** Messages have a limit of their own, and one for those that are refused. */
  function limitedBy({ caller: { userId, client } }: Sender, isMessage: boolean): unknown {
    if (client === null) return null
    const taken = isMessage ? limits.refusalOfMessage(client, userId) : limits.take(client, userId)
    return taken !== null && 'retryAfterMs' in taken ? taken : null
  }

  function tell({ caller: { userId, client } }: Sender): void {
    if (client !== null) security.record({ type: 'access-refused', userId, ip: client.ip, userAgent: client.userAgent })
  }

  return async (socket, senderOf, [name, ...args]) => {
    const requestId = randomUUID()
    const ack = takeAck(args)
    const payload = args.length > 1 ? args : args[0]
    const reply = (extra: object): void => ack?.({ ok: true, ...extra })
    const sender = senderOf(requestId)
    const result = await handle(name, payload, sender, socket.data.claims, reply).catch((fault: unknown) => ({ fault }))
    if ('extra' in result) {
      reply(result.extra)
      return
    }
    if (name === 'send_message') limits.takeRefusedMessage(sender.caller.userId)
    const error = problemOf(result.fault, requestId)
    if (error.status === 500)
      logger.error('a socket event failed', { requestId, event: name, stack: stackOf(result.fault) })
    if (error.code === 'not-authorized') tell(sender)
    if (ack !== null) ack({ ok: false, error })
    else socket.emit('error', errorOf(error, chatIdIn(payload)))
  }
}

type Ack = (answer: object) => void

/** Socket.IO hands over an ack as the last argument; a second call of it does nothing. */
function takeAck(args: unknown[]): Ack | null {
  return typeof args.at(-1) === 'function' ? (args.pop() as Ack) : null
}

const isClientEvent = (name: unknown): name is ClientEventName =>
  typeof name === 'string' && Object.hasOwn(clientEventSchemas, name)

function chatIdIn(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('chatId' in payload)) return null
  return idSchema.safeParse(payload.chatId).data ?? null
}

export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
