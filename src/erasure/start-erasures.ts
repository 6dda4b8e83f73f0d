import type { FailureReport } from '../async/outage.js'
import type { AnyEvent } from '../domain/any-event.js'
import { rolesStream } from '../domain/streams.js'
import type { EventLog, Page } from '../eventstore/event-log.js'
import { positionInLog, type FollowerPosition } from '../followers/follower-position.js'
import { startFollower } from '../followers/follower.js'
import { startJobs } from '../followers/start-jobs.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { ErasureQueue } from './erasure-queue.js'
import { erasureSteps, type ErasureStep } from './erasure-steps.js'

export interface ErasureDeps {
  log: EventLog
  reader: Pick<EventReader, 'decode' | 'authentic'>
  position: FollowerPosition
  queue: ErasureQueue
  steps: Record<ErasureStep, (userId: string) => Promise<void>>
  /** Whether a legal hold delays the erasure. */
  isHeld(userId: string): Promise<boolean>
  /** Called before each step of an erasure. */
  beforeStep?(step: ErasureStep, userId: string): Promise<void>
  report: FailureReport
}

/** Erasures that a node works on at the same time. */
const MAX_CONCURRENCY = 2
/** How often it looks for erasures that other nodes left or that are due again. */
const POLL_MS = 5_000
const RETRY_SECONDS = 2
/** The end of a hold makes delayed erasures due at once; one that ends while a node looks at it is found after this time. */
const HELD_SECONDS = 60
/** The account is closed under a hold too; from the destruction of the keys on, nothing is left to hold. */
const DELAYED_BY_HOLDS: readonly ErasureStep[] = ['chats', 'keys']

const requestType = 'UserErasureRequested' as const satisfies AnyEvent['type']

/**
 * Erases the users for whom that was requested. The follower puts requests into a queue that all nodes share; from there, one node takes each
 * and works through its steps. In a database that knows no position of this log, all requests are handled again: then also the keys are
 * destroyed that an old copy of the key store brought back. A forged request erases nobody.
 */
export async function startErasures(deps: ErasureDeps): Promise<AsyncDisposable> {
  const { log, reader, position, queue, report } = deps
  const from = positionInLog(log, await position.read(log.start), log.start)

  async function handle({ events: found, position: end }: Page, onFound: () => void): Promise<void> {
    const events = reader.authentic(found)
    const requested = events
      .filter(({ type }) => type === requestType)
      .map((recorded) => reader.decode(recorded).event)
      .flatMap((event) => (event.type === requestType ? [event.userId] : []))
    if (requested.length > 0) await queue.add(requested)
    const isHoldOver = events.some(({ type }) => type === 'UserHoldEnded' || type === 'ChatHoldEnded')
    if (isHoldOver) await queue.makeAllDue()
    if (found.length > 0) await position.write(end)
    if (requested.length > 0 || isHoldOver) onFound()
  }

  return startJobs({
    name: 'erasure-jobs',
    follow: (onFound) =>
      startFollower({
        name: 'erasures',
        log,
        streamPrefixes: [rolesStream, 'moderation-'],
        start: (handled) => handled ?? from,
        handle: (page) => handle(page, onFound),
        report,
      }),
    claim: (limit) => queue.claim(limit),
    work: (userId) => erase(userId, deps),
    maxConcurrency: MAX_CONCURRENCY,
    pollMs: POLL_MS,
    report,
  })
}

async function erase(userId: string, { queue, steps, isHeld, beforeStep }: ErasureDeps): Promise<void> {
  try {
    for (const step of erasureSteps) {
      await beforeStep?.(step, userId)
      if (DELAYED_BY_HOLDS.includes(step) && (await isHeld(userId))) {
        await queue.postpone(userId, HELD_SECONDS)
        return
      }
      await steps[step](userId)
    }
    await queue.remove(userId)
  } catch (error) {
    await queue.postpone(userId, RETRY_SECONDS).catch(() => undefined)
    throw error
  }
}
