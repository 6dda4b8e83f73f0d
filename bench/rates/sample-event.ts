import { randomBytes, randomUUID } from 'node:crypto'
import type { NewEvent } from '../../src/eventstore/event-log.js'

/** As large as a message's event with its sealed fields. */
export function sampleEvent(): NewEvent {
  const data = {
    messageId: randomUUID(),
    senderId: randomUUID(),
    seq: 1,
    messageType: 'text',
    sealed: randomBytes(180).toString('base64'),
  }
  const metadata = {
    at: new Date().toISOString(),
    commandId: randomUUID(),
    actor: data.senderId,
    origin: 'rest',
    correlationId: randomUUID(),
    client: { session: randomUUID(), sealed: randomBytes(90).toString('base64') },
    mac: randomBytes(32).toString('base64'),
  }
  return { id: randomUUID(), type: 'MessageSent', data: JSON.stringify(data), metadata: JSON.stringify(metadata) }
}
