import { randomUUID } from 'node:crypto'
import { logStream } from '../domain/streams.js'
import type { NewEvent } from '../eventstore/event-log.js'
import type { EventSealer } from '../privacy/event-sealer.js'

/** Makes the first event of a new log; it has no personal field, and so needs no key. */
export async function logOpening(sealer: EventSealer, clock: () => Date): Promise<(logId: string) => NewEvent> {
  const keys = await sealer.ensureKeys([])
  return (logId) => {
    const metadata = {
      at: clock().toISOString(),
      commandId: randomUUID(),
      actor: null,
      origin: 'system',
      correlationId: randomUUID(),
    } as const
    return sealer.seal(
      { stream: logStream, version: 1, id: randomUUID(), event: { type: 'LogOpened', logId }, metadata },
      keys,
    )
  }
}
