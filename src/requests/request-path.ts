import type { Logger } from 'winston'
import { stackOf } from '../async/stack-of.js'
import { createTurnBarrier } from '../async/turn-barrier.js'
import type { ClientInfo } from '../domain/client-info.js'
import type { SecurityKind } from '../domain/security/events.js'
import { rolesSuffice } from '../identity/access.js'
import type { Quota, Refusal } from '../limits/quota.js'
import type { RequestLimits } from '../limits/request-limits.js'
import type { SecurityEvents } from '../security/security-events.js'
import type { Identity } from './authenticate.js'
import { isOpen, type CountsAs, type Operation } from './operation.js'
import { createKeyedLimit, type KeyedBounds } from './keyed-limit.js'
import { RequestRefused } from './request-refused.js'

/** What is known of a request so far. */
export interface RequestState {
  requestId: string
  client: ClientInfo
  identity?: Identity
  /** Once a limit has counted it. */
  countedAs?: CountsAs
}

/** How one way in, REST or sockets, carries a request. Each step is called at most once, in this order. */
export interface Transport<Input> {
  /** Whether it carries a bot's token, good or not. */
  isBot(): boolean
  /** @throws RequestRefused */
  authenticate(): Promise<Identity>
  /** Names of the parameters given. */
  parameters(): readonly string[]
  /** The chat that it is about, as far as its address says so. */
  chatId(): string
  /** What an outsider to a chat is answered. */
  outsiderCode: 'chat-not-found' | 'not-a-participant'
  /** The body, once nothing but its content can be wrong. Tells whether there was one. @throws whatever `problemOf` maps */
  readBody(): Promise<boolean>
  /** @throws whatever `problemOf` maps */
  parse(): Input
}

/** What an operation does with an admitted request. `quota`: where its limit stands; null where there is none, and for messages. */
export type Work<Input, Result> = (input: Input, quota: Quota | null) => Promise<Result>

export interface RequestPath {
  /** Authenticates, counts, authorises, reads and parses a request, and does its work. @throws what must be given to `refuse` */
  run<Input, Result>(
    operation: Operation,
    transport: Transport<Input>,
    state: RequestState,
    work: Work<Input, Result>,
  ): Promise<Result>
  /** Records and counts what was refused or failed, at whatever step. Gives the fault to answer with. */
  refuse(fault: unknown, state: RequestState, logged: Readonly<Record<string, string>>): unknown
}

export interface RequestPathDeps {
  limits: RequestLimits
  security: Pick<SecurityEvents, 'record'>
  problemOf: (fault: unknown, requestId: string) => { status: number; code: string }
  logger: Pick<Logger, 'error'>
}

/** Refusals worth a security event here; those of limits and passwords are recorded where they are made. */
const RECORDED: Readonly<Record<string, SecurityKind>> = {
  'not-authorized': 'access-refused',
  'not-for-bots': 'access-refused',
  'invalid-token': 'token-refused',
}

/** `inAll` leaves connections to the database to cheap requests. */
const EXPENSIVE_READS: KeyedBounds = { perKey: 4, waitingPerKey: 100, inAll: 12 }

/** So few that the read model keeps up with them, also on a busy machine: a burst of one user waits instead of being answered 503. */
const COMMANDS: KeyedBounds = { perKey: 8, waitingPerKey: 1_000, inAll: Infinity }

/** The one way of every request, REST and sockets alike. What a rule demands is said by its `Operation`, and held here. */
export function createRequestPath({ limits, security, problemOf, logger }: RequestPathDeps): RequestPath {
  const runExpensive = createKeyedLimit(EXPENSIVE_READS)
  const runCommand = createKeyedLimit(COMMANDS)
  const turnBarrier = createTurnBarrier()

  /** @throws RequestRefused */
  function count({ countsAs, cost }: Operation, state: RequestState): Quota | null {
    const { client, identity } = state
    state.countedAs = countsAs
    if (countsAs === 'nothing') return null
    if (countsAs === 'message') {
      const refusal = identity === undefined ? null : limits.refusalOfMessage(client, identity.userId)
      if (refusal !== null) throw new RequestRefused(refusal)
      return null
    }
    const taken = limits.take(client, identity?.userId ?? null, cost)
    if (isRefusal(taken)) throw new RequestRefused(taken)
    return taken
  }

  return {
    async run(operation, transport, state, work) {
      if (operation.bots === 'refused' && transport.isBot()) throw new RequestRefused({ code: 'not-for-bots' })
      if (!isOpen(operation)) state.identity = await transport.authenticate()
      const quota = count(operation, state)
      authorise(operation, transport, state.identity)
      const hasBody = await transport.readBody()
      if (operation.access === 'either' && !hasBody) state.identity = await transport.authenticate()
      const input = transport.parse()
      await turnBarrier()
      const { identity } = state
      if (identity === undefined) return work(input, quota)
      if (operation.cost > 1) return runExpensive(identity.userId, () => work(input, quota))
      if (operation.waitsForReadModel) return runCommand(identity.userId, () => work(input, quota))
      return work(input, quota)
    },

    refuse(fault, state, logged) {
      const { requestId, client, identity, countedAs } = state
      const { status, code } = problemOf(fault, requestId)
      if (status === 500) logger.error('request failed', { requestId, ...logged, stack: stackOf(fault) })
      const type = RECORDED[code]
      if (type !== undefined)
        security.record({ type, ...client, ...(identity !== undefined && { userId: identity.userId }) })
      if (countedAs === 'message' && identity !== undefined) limits.takeRefusedMessage(identity.userId)
      if (countedAs !== undefined) return fault
      // What no operation took, or who was not let in, counts for the address, whatever the token says.
      const taken = limits.take(client, null)
      return isRefusal(taken) ? new RequestRefused(taken) : fault
    },
  }
}

/** Before anything is read of what was sent. @throws RequestRefused */
function authorise(
  { access, bots, requiresRole }: Operation,
  transport: Pick<Transport<unknown>, 'parameters' | 'chatId' | 'outsiderCode'>,
  identity: Identity | undefined,
): void {
  const roles = identity?.roles ?? []
  if (identity !== undefined) {
    const needed = [access, ...transport.parameters().flatMap((name) => requiresRole[name] ?? [])]
    if (!needed.every((each) => rolesSuffice(each, roles))) throw new RequestRefused({ code: 'account-role-too-low' })
  }
  // A bot meets a chat that its token is not bound to as an outsider does.
  const chatIds = identity?.chatIds
  if (bots === 'bound' && chatIds !== undefined && !chatIds.has(transport.chatId().toLowerCase()))
    throw new RequestRefused({ code: transport.outsiderCode })
}

const isRefusal = (taken: Quota | Refusal | null): taken is Refusal => taken !== null && 'retryAfterMs' in taken
