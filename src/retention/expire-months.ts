import type { RunSystemCommand } from '../commands/run-system-command.js'
import { retentionCutoff } from '../domain/retention.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { Progress } from '../followers/progress.js'
import { reachHead } from '../followers/reach-head.js'
import type { DataKeys } from '../privacy/data-keys.js'
import { chatMonthKey } from '../privacy/key-names.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'

export interface ExpireMonthsDeps {
  log: Pick<EventLog, 'head'>
  /** Of conversations. */
  progress: Progress
  queries: Pick<ConversationQueries, 'retentionOf' | 'expiredMonths'>
  dataKeys: Pick<DataKeys, 'destroy'>
  run: RunSystemCommand
  /** Whether a legal hold is on the chat, or on someone who takes part in it or ever did. */
  isHeld(chatId: string): Promise<boolean>
  /** Drops tables of read models that are not kept up to date, and so would keep what they hold. */
  dropUnfollowedTables(): Promise<void>
  clock: () => Date
  /** Called before keys are destroyed, and before the log says so. */
  beforeStep?(step: 'keys' | 'log', chatId: string): Promise<void>
}

/** `kept`: the chat keeps its messages without end. */
export type Expiry = 'kept' | 'held' | 'done'

/**
 * Destroys the keys of a chat's months that are past its retention as a whole, and then says so in the chat's stream. A repeat after a crash finds
 * the same months, since they count as expired only from that event on; destroying a key again changes nothing.
 */
export async function expireMonths(chatId: string, deps: ExpireMonthsDeps): Promise<Expiry> {
  const { log, progress, queries, dataKeys, run, clock, beforeStep } = deps
  await reachHead(log, progress)
  const cutoff = retentionCutoff(await queries.retentionOf(chatId), clock())
  if (cutoff === null) return 'kept'
  const { months, beforeSeq } = await queries.expiredMonths(chatId, startOfMonth(cutoff))
  if (months.length === 0) return 'done'
  if (await deps.isHeld(chatId)) return 'held'
  await beforeStep?.('keys', chatId)
  for (const month of months) await dataKeys.destroy(chatMonthKey(chatId, month))
  await deps.dropUnfollowedTables()
  await beforeStep?.('log', chatId)
  await run('expireMessages', { chatId, months, beforeSeq })
  return 'done'
}

const startOfMonth = (time: Date): Date => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1))
