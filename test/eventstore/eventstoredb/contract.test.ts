import { randomUUID } from 'node:crypto'
import { openEventStoreDbEventLog } from '../../../src/eventstore/eventstoredb/eventstoredb-event-log.js'
import { eventLogContract } from '../../contract/event-log-contract.js'
import { openingEvent } from '../postgres-log.js'

eventLogContract('EventStoreDB', async () => {
  const connectionString = process.env['EVENTSTORE_URL'] ?? ''
  const streamPrefix = `${randomUUID()}-`
  const open = () => openEventStoreDbEventLog({ connectionString, streamPrefix, openingEvent })
  const log = await open()
  return { log, reopen: open, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() }
})
