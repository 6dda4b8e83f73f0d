import { setTimeout as pause } from 'node:timers/promises'
import { BACKWARDS, END, type ReadStreamOptions, StreamNotFoundError } from '@eventstore/db-client'
import { LogUnavailableError, UnknownOutcomeError, type NewEvent } from '../event-log.js'
import { LOG_STREAM, logIdIn, openLogId } from '../log-id.js'
import type { Appends } from './appends.js'
import { FAR_DEADLINE_MS } from './client.js'
import type { ClientConnection } from './client-connection.js'
import { collect } from './collect.js'
import { EventStoreUnreachableError } from './event-store-unreachable-error.js'

const RETRY_MS = 250
/** Events of the log's own stream read at once. */
const PAGE = 100

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

  const read = (options: Pick<ReadStreamOptions, 'direction' | 'fromRevision' | 'maxCount'>) =>
    connection
      .use((client) =>
        collect(
          client.readStream(streamPrefix + LOG_STREAM, { ...options, deadline: FAR_DEADLINE_MS, requiresLeader: true }),
          timeoutMs,
        ),
      )
      .catch(noneYet)

  async function readNaming(): Promise<string | null> {
    const [found] = await read({ maxCount: 1 })
    if (found?.event?.position === undefined) return null
    first = Number(found.event.position.commit)
    return (await readLastNaming()) ?? JSON.stringify(found.event.data)
  }

  /** The stream has few events, and mostly none after its first. */
  async function readLastNaming(): Promise<string | null> {
    for (let fromRevision: ReadStreamOptions['fromRevision'] = END; ;) {
      const page = await read({ direction: BACKWARDS, fromRevision, maxCount: PAGE })
      const naming = page.map(({ event }) => JSON.stringify(event?.data ?? {})).find((data) => logIdIn(data) !== null)
      const oldest = page.at(-1)?.event?.revision ?? 0n
      if (naming !== undefined || oldest === 0n) return naming ?? null
      fromRevision = oldest - 1n
    }
  }

  const append = (event: NewEvent) => appends.append(LOG_STREAM, 0, [event])
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return { id: await openLogId({ readNaming, append }, openingEvent), first }
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
