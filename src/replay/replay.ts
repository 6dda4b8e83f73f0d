import pLimit from 'p-limit'
import type { Pool } from 'pg'
import type { RenderContent } from '../content/render-content.js'
import { UnknownPositionError, type EventLog } from '../eventstore/event-log.js'
import type { ApplyContext } from '../projections/conversations/part.js'
import { fillChat, type FillDeps, type NotReplayed, type ReplayedTo } from './fill-chat.js'
import { fillUsers } from './fill-users.js'
import { isBy, type Moment, type TimeOrPosition } from './moment.js'
import type { PastChat, PastPage } from './past-chat.js'
import { readPastUser, type PastUser } from './past-user.js'
import { readPastChat, usersOn } from './past-chat-queries.js'
import type { HistoryDeps, SkippedPositions } from './read-history.js'
import { compareChats, type ChatDifference } from './compare-chats.js'
import { inReplayTables, makeReplayTables, replayTable } from './replay-tables.js'

export type Replayed<Answer, Reason = never> =
  { kind: 'found'; answer: Answer } | { kind: 'rejected'; code: Reason | 'unknown-position' }

/** Which pages there are beside the one that is shown. */
export interface ReplayedChat extends PastChat {
  older: boolean
  newer: boolean
}

/** Any past state, folded from the log's events by the read model's own code. @throws BadMacError */
export interface Replay {
  chat(chatId: string, moment: Moment, page: PastPage): Promise<Replayed<ReplayedChat, NotReplayed>>
  /** Gives what is different between two moments, one after another, to `take`. */
  diff(
    chatId: string,
    between: { before: Moment; after: Moment },
    take: (difference: ChatDifference) => void,
  ): Promise<Replayed<null, NotReplayed>>
  /** Profile and roles; of a version there is none, for they are in two streams. */
  user(userId: string, moment: TimeOrPosition): Promise<Replayed<PastUser, 'user-not-found' | 'not-created-yet'>>
}

export interface ReplayDeps extends HistoryDeps {
  pool: Pool
  log: Pick<EventLog, 'readStream' | 'comparePositions' | 'head'>
  render: RenderContent
  readSkipped(): Promise<SkippedPositions>
  clock: () => Date
}

/** Each keeps a connection to the database busy. */
const AT_ONCE = 2

export function createReplay(deps: ReplayDeps): Replay {
  const { pool, log, readSkipped } = deps
  const limit = pLimit(AT_ONCE)

  /** Does the work in tables of its own, once the moment is known to be one of this log. */
  const replayed = <Result>(
    moment: Moment,
    work: (context: ApplyContext, fill: FillDeps) => Promise<Result>,
  ): Promise<Result | { kind: 'rejected'; code: 'unknown-position' }> =>
    limit(async () => {
      if (!(await isKnown(moment, log))) return { kind: 'rejected', code: 'unknown-position' }
      const fill = { ...deps, skipped: await readSkipped() }
      return inReplayTables(pool, (context) => work(context, fill))
    })

  return {
    chat: (chatId, moment, page) =>
      replayed(moment, async (context, fill) => {
        const end = await fillChat(chatId, moment, context, fill)
        if (typeof end === 'string') return { kind: 'rejected', code: end }
        await fillUsers(await usersOn(page, context), isBy(forOthers(moment, end), log), context, fill)
        return { kind: 'found', answer: { ...end, ...(await readPastChat(page, context, deps)) } }
      }),

    async diff(chatId, { before, after }, take) {
      if (!(await isKnown(before, log))) return { kind: 'rejected', code: 'unknown-position' }
      return replayed(after, async (context, fill) => {
        const earlier = { ...context, table: replayTable('_before') }
        await makeReplayTables(context.tx, earlier.table)
        for (const [moment, filled] of [[before, earlier] as const, [after, context] as const]) {
          const end = await fillChat(chatId, moment, filled, fill)
          if (typeof end === 'string') return { kind: 'rejected', code: end }
        }
        for await (const difference of compareChats(context.tx, earlier.table, context.table)) take(difference)
        return { kind: 'found', answer: null }
      })
    },

    user: (userId, moment) =>
      replayed(moment, async (context, fill) => {
        const answer = await readPastUser(userId, isBy(moment, log), context, fill)
        return typeof answer === 'string' ? { kind: 'rejected', code: answer } : { kind: 'found', answer }
      }),
  }
}

/** In other streams, a version of this one means the position of its event. */
const forOthers = (moment: Moment, { position }: ReplayedTo): Moment => ('version' in moment ? { position } : moment)

/** Whether the position, if it is one, is of this log and not beyond its head. */
export async function isKnown(moment: Moment, { comparePositions, head }: ReplayDeps['log']): Promise<boolean> {
  if (!('position' in moment)) return true
  try {
    return comparePositions(moment.position, await head()) <= 0
  } catch (error) {
    if (error instanceof UnknownPositionError) return false
    throw error
  }
}
