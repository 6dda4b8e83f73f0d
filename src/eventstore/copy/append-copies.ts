import { setTimeout as sleep } from 'node:timers/promises'
import { retryDelay } from '../../async/retry-delay.js'
import { type EventLog, type RecordedEvent, UnknownOutcomeError } from '../event-log.js'

/** In characters of data and metadata: far below what a store takes in one append. */
const MAX_RUN_LENGTH = 256 * 1024
const RETRY_MS = 200
const MAX_TRIES = 10

/**
 * Adds copies through the port: neighbours of one stream in one append, one append after another, since concurrent ones could change
 * places.
 */
export async function appendCopies(log: Pick<EventLog, 'append'>, events: readonly RecordedEvent[]): Promise<void> {
  for (const run of runsOf(events)) await appendRun(log, run)
}

/** The very same call may be repeated while its outcome is unknown. */
async function appendRun(log: Pick<EventLog, 'append'>, run: readonly RecordedEvent[]): Promise<void> {
  const [first] = run
  if (first === undefined) return
  const copies = run.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))
  for (let tries = 1; ; tries++) {
    try {
      await log.append(first.stream, first.version - 1, copies)
      return
    } catch (error) {
      if (!(error instanceof UnknownOutcomeError) || tries === MAX_TRIES) throw error
    }
    await sleep(retryDelay(tries, RETRY_MS))
  }
}

/** Neighbours of one stream, with consecutive versions. */
function runsOf(events: readonly RecordedEvent[]): RecordedEvent[][] {
  const runs: RecordedEvent[][] = []
  let length = 0
  for (const event of events) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    length += event.data.length + event.metadata.length
    const isNext = last?.stream === event.stream && last.version + 1 === event.version && length <= MAX_RUN_LENGTH
    if (run !== undefined && isNext) {
      run.push(event)
    } else {
      runs.push([event])
      length = event.data.length + event.metadata.length
    }
  }
  return runs
}
