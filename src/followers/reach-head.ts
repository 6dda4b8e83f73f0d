import { TimeoutError } from '../async/unavailable-error.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { Progress } from './progress.js'

/** A follower that stands still must not keep its process from stopping. */
const PATIENCE_MS = 5_000

/** Waits until a follower has handled what the log holds now. @throws TimeoutError */
export async function reachHead(log: Pick<EventLog, 'head'>, progress: Pick<Progress, 'reached'>): Promise<void> {
  const isReached = await progress.reached(await log.head(), { timeoutMs: PATIENCE_MS })
  if (!isReached) throw new TimeoutError(PATIENCE_MS)
}
