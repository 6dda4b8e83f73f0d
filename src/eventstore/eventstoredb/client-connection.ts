import type { EventStoreDBClient } from '@eventstore/db-client'
import { LogUnavailableError } from '../event-log.js'
import { closeClient } from './client.js'

/** The client in use, replaced by a new one with a connection of its own when the store does not answer. */
export interface ClientConnection {
  /** A call that throws LogUnavailableError has the client replaced. */
  use<Result>(call: (client: EventStoreDBClient) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

interface Opened {
  client: EventStoreDBClient
  at: number
  uses: number
}

/**
 * The library keeps a lost connection and pauses before each attempt to restore it, up to two minutes: a store that is back would go
 * unnoticed for so long. A new connection is tried at once, so what is called meanwhile sets the pace, at most every `minAgeMs`.
 *
 * A client that was replaced is closed after its last use: closing it ends reads without an error, as if there were no more events.
 */
export function createClientConnection(
  open: () => EventStoreDBClient,
  { minAgeMs = 500, now = () => performance.now() }: { minAgeMs?: number; now?: () => number } = {},
): ClientConnection {
  const openNew = (): Opened => ({ client: open(), at: now(), uses: 0 })
  let current = openNew()
  const replaced = new Set<Opened>()
  const closing = new Set<Promise<void>>()

  function close(opened: Opened): void {
    replaced.delete(opened)
    const closed = closeClient(opened.client).finally(() => closing.delete(closed))
    closing.add(closed)
  }

  function replace(failed: Opened): void {
    if (failed !== current || now() - failed.at < minAgeMs) return
    replaced.add(failed)
    current = openNew()
  }

  return {
    async use(call) {
      const opened = current
      opened.uses++
      try {
        return await call(opened.client)
      } catch (error) {
        if (error instanceof LogUnavailableError) replace(opened)
        throw error
      } finally {
        opened.uses--
        if (opened.uses === 0 && replaced.has(opened)) close(opened)
      }
    },
    async close() {
      for (const opened of [current, ...replaced]) close(opened)
      await Promise.all(closing)
    },
  }
}
