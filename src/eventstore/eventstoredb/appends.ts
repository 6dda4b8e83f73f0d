import { setTimeout as pause } from 'node:timers/promises'
import {
  AccessDeniedError,
  DeadlineExceededError,
  type EventStoreDBClient,
  jsonEvent,
  type JSONEventType,
  MaxAppendSizeExceededError,
  NO_STREAM,
  StreamDeletedError,
  WrongExpectedVersionError as StoreConflict,
} from '@eventstore/db-client'
import { type NewEvent, UnknownOutcomeError, WrongExpectedVersionError } from '../event-log.js'
import { createSemaphore } from '../../async/semaphore.js'
import { withTimeout } from '../../async/with-timeout.js'
import { closeClient, FAR_DEADLINE_MS } from './client.js'

/**
 * In bytes. Beyond about one mebibyte of appends that the server has not yet taken, the client keeps them in a queue of its own,
 * and when the connection breaks it rejects each of those without a handler, which ends the process.
 */
const UNDER_WAY_BYTES = 512 * 1024
/** Errors that a retry does not resolve. */
const REFUSALS = [StreamDeletedError, AccessDeniedError, MaxAppendSizeExceededError]
/** Between repeats of a call that the store has taken but not yet indexed. */
const NOT_INDEXED_MS = 10

export interface Appends {
  /** Answers the version of the last event, and its place in the whole store. */
  append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<{ version: number; at: number }>
  /** Answers what is under way first. */
  close(): Promise<void>
}

/**
 * Appends, each with a timer of its own. Any other failure makes the outcome unknown, and the client unusable: it may keep
 * a rejected promise for ever, so it is replaced. There is one at a time, since the client keeps the answers it
 * waits for in one table per process, and a broken connection clears the table for all.
 */
export function createAppends(
  open: () => EventStoreDBClient,
  { streamPrefix, timeoutMs }: { streamPrefix: string; timeoutMs: number },
): Appends {
  const semaphore = createSemaphore(UNDER_WAY_BYTES)
  let client = open()
  let closing: Promise<void> = Promise.resolve()

  function renew(sick: EventStoreDBClient): void {
    if (sick !== client) return
    client = open()
    closing = closeClient(sick)
  }

  async function send(stream: string, expectedVersion: number, events: readonly NewEvent[]) {
    const current = client
    const giveUpAt = performance.now() + timeoutMs
    for (;;) {
      try {
        return await call(current, stream, expectedVersion, events)
      } catch (error) {
        if (error instanceof StoreConflict) throw new WrongExpectedVersionError(stream, expectedVersion, actual(error))
        if (REFUSALS.some((refusal) => error instanceof refusal)) throw error
        if (!isNotIndexed(error) || performance.now() > giveUpAt) {
          renew(current)
          throw new UnknownOutcomeError('EventStoreDB did not answer the append', { cause: error })
        }
      }
      await pause(NOT_INDEXED_MS)
    }
  }

  async function call(
    current: EventStoreDBClient,
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
  ) {
    const expectedRevision = expectedVersion === 0 ? NO_STREAM : BigInt(expectedVersion - 1)
    const options = { expectedRevision, deadline: FAR_DEADLINE_MS, requiresLeader: true } as const
    const sent = current.appendToStream(streamPrefix + stream, events.map(toStored), options)
    const { nextExpectedRevision, position } = await withTimeout(timeoutMs, sent)
    if (position === undefined) throw new Error('the answer names no position')
    return { version: Number(nextExpectedRevision) + 1, at: Number(position.commit) }
  }

  return {
    append: (stream, expectedVersion, events) =>
      semaphore.run(sizeOf(events), () => send(stream, expectedVersion, events)),
    async close() {
      await semaphore.idle()
      await Promise.all([closing, closeClient(client)])
    },
  }
}

const utf8 = new TextEncoder()

/**
 * The metadata as bytes, which the client takes as they are. What it is given as an object it writes as JSON and as base64, from which protobuf
 * makes bytes twice: half of what encoding an event costs. It takes data of the type JSON in that way alone.
 */
const toStored = ({ id, type, data, metadata }: NewEvent) =>
  jsonEvent({ id, type, data: JSON.parse(data) as JSONEventType['data'], metadata: utf8.encode(metadata) })

/** A repeat that overtakes the index is answered "timed out", at once and by the server: it is there, and will be known in a moment. */
const isNotIndexed = (error: unknown): boolean => error instanceof DeadlineExceededError && error.code === undefined

const actual = ({ actualVersion }: StoreConflict): number =>
  typeof actualVersion === 'bigint' ? Number(actualVersion) + 1 : 0

const sizeOf = (events: readonly NewEvent[]): number =>
  events.reduce((bytes, { data, metadata }) => bytes + data.length + metadata.length, 0)
