import { setTimeout as pause } from 'node:timers/promises'
import { type EventStoreDBClient, StreamNotFoundError } from '@eventstore/db-client'
import { type NewEvent, WrongExpectedVersionError } from '../event-log.js'
import { LOG_STREAM, openLogId } from '../log-id.js'
import type { Appends } from './appends.js'
import { FAR_DEADLINE_MS } from './client.js'
import { collect } from './collect.js'

/** How long a store that is just starting is waited for. */
const PATIENCE_MS = 30_000
const RETRY_MS = 250

export interface OpenedLog {
  id: string
  /** The position of its first event. */
  first: number
}

export class EventStoreUnreachableError extends Error {
  override readonly name = 'EventStoreUnreachableError'
  constructor(cause: Error) {
    super(`EventStoreDB does not answer (${cause.message.trim()}); is EVENTSTORE_URL right, and is it running?`, {
      cause,
    })
  }
}

/**
 * The log of this prefix, opened now if it is new.
 * @throws EventStoreUnreachableError when the store does not answer for 30 s
 */
export async function openLog(
  client: EventStoreDBClient,
  appends: Appends,
  openingEvent: (logId: string) => NewEvent,
  { streamPrefix, timeoutMs }: { streamPrefix: string; timeoutMs: number },
): Promise<OpenedLog> {
  let first = 0

  async function readFirst(): Promise<string | null> {
    const options = { maxCount: 1, deadline: FAR_DEADLINE_MS, requiresLeader: true }
    const [found] = await collect(client.readStream(streamPrefix + LOG_STREAM, options), timeoutMs).catch(noneYet)
    if (found?.event?.position === undefined) return null
    first = Number(found.event.position.commit)
    return JSON.stringify(found.event.data)
  }

  const append = (event: NewEvent) => appends.append(LOG_STREAM, 0, [event]).catch(leaveToTheWinner)
  const giveUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return { id: await openLogId({ readFirst, append }, openingEvent), first }
    } catch (error) {
      if (first > 0) throw error // it answers; what it says is wrong
      if (performance.now() > giveUpAt) throw new EventStoreUnreachableError(error as Error)
    }
    await pause(RETRY_MS)
  }
}

function noneYet(error: unknown): [] {
  if (error instanceof StreamNotFoundError) return []
  throw error
}

function leaveToTheWinner(error: unknown): void {
  if (!(error instanceof WrongExpectedVersionError)) throw error
}
