import { setTimeout as pause } from 'node:timers/promises'
import { StreamNotFoundError } from '@eventstore/db-client'
import { LogUnavailableError, UnknownOutcomeError, type NewEvent } from '../event-log.js'
import { LOG_STREAM, openLogId } from '../log-id.js'
import type { Appends } from './appends.js'
import { FAR_DEADLINE_MS } from './client.js'
import type { ClientConnection } from './client-connection.js'
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
  connection: ClientConnection,
  appends: Appends,
  openingEvent: (logId: string) => NewEvent,
  { streamPrefix, timeoutMs, patienceMs }: { streamPrefix: string; timeoutMs: number; patienceMs: number },
): Promise<OpenedLog> {
  let first = 0

  async function readFirst(): Promise<string | null> {
    const options = { maxCount: 1, deadline: FAR_DEADLINE_MS, requiresLeader: true }
    const [found] = await connection
      .use((client) => collect(client.readStream(streamPrefix + LOG_STREAM, options), timeoutMs))
      .catch(noneYet)
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
      if (performance.now() > giveUpAt) throw new EventStoreUnreachableError(causeOf(error))
    }
    await pause(RETRY_MS)
  }
}

function noneYet(error: unknown): [] {
  if (error instanceof StreamNotFoundError) return []
  throw error
}

/** The client's own words, which name what is wrong. */
const causeOf = (error: unknown): Error => {
  const cause = error instanceof LogUnavailableError || error instanceof UnknownOutcomeError ? error.cause : error
  return cause instanceof Error ? cause : new Error(String(cause))
}
