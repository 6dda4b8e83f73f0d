import { AccessDeniedError, type StreamingRead, StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client'
import { LogUnavailableError } from '../event-log.js'

/** What a store that is there answers; the client has many errors, and untyped ones, for a store that is not. */
const ANSWERS = [StreamNotFoundError, StreamDeletedError, AccessDeniedError]

/**
 * All that a read gives, which should be bounded by its `maxCount`. It is given up after `timeoutMs` without anything; cancelled then,
 * since a read that is only abandoned keeps one of the connection's concurrent calls for ever.
 * @throws LogUnavailableError
 */
export async function collect<Item>(read: StreamingRead<Item>, timeoutMs: number): Promise<Item[]> {
  const items: Item[] = []
  read.on('error', () => undefined) // the loop throws it; a later one must not end the process
  const timer = setTimeout(() => {
    read.destroy(new Error(`no answer within ${timeoutMs} ms`))
    read.cancel().catch(() => undefined)
  }, timeoutMs)
  try {
    for await (const item of read) {
      timer.refresh()
      items.push(item)
    }
    return items
  } catch (error) {
    if (ANSWERS.some((answer) => error instanceof answer)) throw error
    throw new LogUnavailableError(`EventStoreDB did not answer the read: ${(error as Error).message}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
