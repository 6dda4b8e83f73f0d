import type { FailureReport } from '../async/outage.js'
import type { AnyEvent } from '../domain/any-event.js'
import { idOf, rolesStream } from '../domain/streams.js'
import type { EventLog, Page } from '../eventstore/event-log.js'
import { positionInLog, type FollowerPosition } from '../followers/follower-position.js'
import { startFollower } from '../followers/follower.js'
import { startJobs } from '../followers/start-jobs.js'
import { destroyedKeys } from '../privacy/destroyed-keys.js'
import type { EventReader } from '../privacy/event-reader.js'
import { expireMonths, type Expiry, type ExpireMonthsDeps } from './expire-months.js'
import type { RetentionQueue } from './retention-queue.js'

export interface RetentionDeps extends Omit<ExpireMonthsDeps, 'log'> {
  log: EventLog
  reader: Pick<EventReader, 'authentic' | 'decode'>
  position: FollowerPosition
  queue: RetentionQueue
  report: FailureReport
}

/** Chats that a node works on at the same time. */
const MAX_CONCURRENCY = 2
/** How often it looks for chats that are due. */
const POLL_MS = 5_000
const RETRY_SECONDS = 2
/** How soon a chat is looked at again: months end rarely, and a hold that ends makes all due at once. */
const AGAIN_SECONDS = { done: 60 * 60, held: 60 }

/** Without such events, the position is written only every so many; examining some of them again does no harm. */
const WRITE_EVERY = 5_000

const TYPES: readonly string[] = [
  'ChatRetentionChanged',
  'MessagesExpired',
  'ChatHoldEnded',
  'UserHoldEnded',
] satisfies AnyEvent['type'][]

/**
 * Destroys what chats do not keep any more, month by month. The follower puts chats with a retention into a queue that all nodes share; from there,
 * one node takes each whenever it is due. In a database that knows no position of this log, everything is handled again: then also the
 * keys are destroyed that an old copy of the key store brought back.
 */
export async function startRetention(deps: RetentionDeps): Promise<AsyncDisposable> {
  const { log, reader, position, queue, dataKeys, report } = deps
  let unwritten = 0
  const from = positionInLog(log, await position.read(log.start), log.start)

  async function handle({ events, position: end }: Page, onFound: () => void): Promise<void> {
    const wanted = reader.authentic(events.filter(({ type }) => TYPES.includes(type)))
    const chatIds = new Set<string>()
    for (const recorded of wanted) {
      const { event } = reader.decode(recorded)
      if (event.type === 'ChatRetentionChanged') chatIds.add(idOf(recorded.stream))
      for (const key of destroyedKeys(event, recorded.stream)) await dataKeys.destroy(key)
    }
    if (chatIds.size > 0) await queue.add([...chatIds])
    if (wanted.some(({ type }) => type === 'ChatHoldEnded' || type === 'UserHoldEnded')) await queue.makeAllDue()
    unwritten += events.length
    if (wanted.length === 0 && unwritten < WRITE_EVERY) return
    await position.write(end)
    unwritten = 0
    if (wanted.length > 0) onFound()
  }

  return startJobs({
    name: 'retention-jobs',
    follow: (onFound) =>
      startFollower({
        name: 'retention',
        log,
        streamPrefixes: ['chat-', 'moderation-', rolesStream],
        start: (handled) => handled ?? from,
        handle: (page) => handle(page, onFound),
        report,
      }),
    claim: (limit) => queue.claim(limit),
    work: (chatId) => expire(chatId, deps),
    maxConcurrency: MAX_CONCURRENCY,
    pollMs: POLL_MS,
    report,
  })
}

async function expire(chatId: string, deps: RetentionDeps): Promise<void> {
  const { queue } = deps
  try {
    const outcome: Expiry = await expireMonths(chatId, deps)
    await (outcome === 'kept' ? queue.remove(chatId) : queue.postpone(chatId, AGAIN_SECONDS[outcome]))
  } catch (error) {
    await queue.postpone(chatId, RETRY_SECONDS).catch(() => undefined)
    throw error
  }
}
