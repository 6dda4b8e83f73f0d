import { setTimeout as pause } from 'node:timers/promises'
import { type EventStoreDBClient, StreamNotFoundError } from '@eventstore/db-client'
import type { NewEvent } from '../event-log.js'
import { LOG_STREAM, openLogId } from '../log-id.js'
import type { Appends } from './appends.js'
import { FAR_DEADLINE_MS } from './client.js'
import { collect } from './collect.js'
import { EventStoreUnreachableError } from './event-store-unreachable-error.js'

const RETRY_MS = 250

export interface OpenedLog {
  id: string
  /** The position of its first event. */
  first: number
}

/**
 * The log of this prefix, opened now if it is new. Whatever fails is tried again, also when another opened it in between.
 * @throws EventStoreUnreachableError when the store does not answer for `patienceMs`
 */
export async function openLog(
  client: EventStoreDBClient,
  appends: Appends,
  openingEvent: (logId: string) => NewEvent,
  { streamPrefix, timeoutMs, patienceMs }: { streamPrefix: string; timeoutMs: number; patienceMs: number },
): Promise<OpenedLog> {
  let first = 0

  async function readFirst(): Promise<string | null> {
    const options = { maxCount: 1, deadline: FAR_DEADLINE_MS, requiresLeader: true }
    const [found] = await collect(client.readStream(streamPrefix + LOG_STREAM, options), timeoutMs).catch(noneYet)
    if (found?.event?.position === undefined) return null
    first = Number(found.event.position.commit)
    return JSON.stringify(found.event.data)
  }

  const append = (event: NewEvent) => appends.append(LOG_STREAM, 0, [event])
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return { id: await openLogId({ readFirst, append }, openingEvent), first }
    } catch (error) {
      if (first > 0) throw error // it answers, and what it says is wrong
      if (performance.now() > giveUpAt) throw new EventStoreUnreachableError(error as Error)
    }
    await pause(RETRY_MS)
  }
}

function noneYet(error: unknown): [] {
  if (error instanceof StreamNotFoundError) return []
  throw error
}
