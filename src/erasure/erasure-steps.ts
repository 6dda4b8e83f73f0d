import { randomUUID } from 'node:crypto'
import type { Caller, RunCommand } from '../commands/run-command.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { Progress } from '../followers/progress.js'
import { reachHead } from '../followers/reach-head.js'
import type { AccountErasure } from '../identity/accounts/account-erasure.js'
import type { DataKeys } from '../privacy/data-keys.js'
import { userKey } from '../privacy/key-names.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'

export interface ErasureStepDeps {
  run: RunCommand
  log: Pick<EventLog, 'head'>
  /** Of conversations. */
  progress: Progress
  queries: Pick<ConversationQueries, 'chatIdsOf' | 'botIdsOf'>
  accounts: AccountErasure
  dataKeys: Pick<DataKeys, 'destroy'>
  /** Drops tables of read models that are not kept up to date, and so would keep what they hold. */
  dropUnfollowedTables(): Promise<void>
}

/** In the order in which they are taken. */
export const erasureSteps = ['sessions', 'chats', 'keys', 'log', 'credentials', 'read-models'] as const
export type ErasureStep = (typeof erasureSteps)[number]

/**
 * What is done to erase a user, step by step. Each step may be repeated, so that an erasure which a crash interrupts begins again from
 * the first. The key is destroyed before `UserErased` is appended: whoever reads that event can rely on it.
 */
export function createErasureSteps(deps: ErasureStepDeps): Record<ErasureStep, (userId: string) => Promise<void>> {
  const { run, log, progress, queries, accounts, dataKeys } = deps

  /** The bots of a user are erased with them: their names and messages come from the user too. */
  async function withBots(userId: string): Promise<string[]> {
    await reachHead(log, progress)
    return [...(await queries.botIdsOf(userId)), userId]
  }

  /** Leaves all chats but direct ones, which always keep their members; an owner hands them over by leaving. */
  async function leaveChats(userIds: readonly string[]): Promise<void> {
    for (const userId of userIds)
      for (const chatId of await queries.chatIdsOf(userId)) await run('leaveChat', { chatId }, callerOf(userId))
  }

  return {
    sessions: (userId) => accounts.endAccess(userId),
    chats: async (userId) => leaveChats((await withBots(userId)).toReversed()),
    async keys(userId) {
      for (const id of await withBots(userId)) await dataKeys.destroy(userKey(id))
    },
    async log(userId) {
      const userIds = await withBots(userId)
      for (const id of userIds) await run('completeErasure', { userId: id }, callerOf(id))
      // a chat to which somebody added them meanwhile; from now on, nobody can
      await leaveChats(await withBots(userId))
    },
    credentials: (userId) => accounts.deleteCredentials(userId),
    'read-models': () => deps.dropUnfollowedTables(),
  }
}

/** The user, by the system: without a client, no key is needed. */
const callerOf = (userId: string): Caller => ({
  userId,
  origin: 'system',
  correlationId: randomUUID(),
  key: null,
  client: null,
})
