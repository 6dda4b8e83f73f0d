import { eventLogContract } from '../../contract/event-log-contract.js'
import { newPrefix, openEventStoreLog } from '../../support/event-logs.js'
import { openingEvent } from '../postgres-log.js'

eventLogContract('EventStoreDB', async () => {
  const prefix = newPrefix()
  const open = () => openEventStoreLog(prefix, openingEvent)
  const log = await open()
  return { log, reopen: open, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() }
})
