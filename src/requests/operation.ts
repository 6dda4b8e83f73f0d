import type { AccountRole } from '../domain/roles/events.js'
import type { Access } from '../identity/access.js'

/**
 * Whether a bot's token is accepted: never, unless an operation says otherwise; `bound` in the chats that the token is bound to; `admitted`
 * anywhere.
 */
export type BotPolicy = 'refused' | 'bound' | 'admitted'

/** `message`: the limit of messages and, where one is refused, another one. `nothing`: for monitoring, which must always get an answer. */
export type CountsAs = 'request' | 'message' | 'nothing'

/** What a route or a client event demands of a request, whichever way it comes. */
export interface Operation {
  access: Access
  bots: BotPolicy
  countsAs: CountsAs
  /** What it takes of the user's requests. Those that cost more than one are also bounded in how many run at once. */
  cost: number
  /** Whether its answer waits until the read model has what it wrote. Those of one user run a few at once, in their order. */
  waitsForReadModel: boolean
  /** Parameters that only a role may use. */
  requiresRole: Readonly<Record<string, AccountRole>>
}

/** Whether no token is asked for before the body is read. */
export const isOpen = ({ access }: Pick<Operation, 'access'>): boolean => access === 'anyone' || access === 'either'
