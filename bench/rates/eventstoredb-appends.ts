import { randomUUID } from 'node:crypto'
import { EventStoreDBClient, jsonEvent, NO_STREAM, type JSONEventType } from '@eventstore/db-client'
import { openEventStoreDbEventLog } from '../../src/eventstore/eventstoredb/eventstoredb-event-log.js'
import { atOnce } from './at-once.js'
import { sampleEvent } from './sample-event.js'
import { throwingReport } from './throwing-report.js'

interface Writers {
  url: string
  writers: number
  seconds: number
}

/** So many streams, each with one writer that waits for its answer; events a second through the client alone. */
export async function clientAppends({ url, writers, seconds }: Writers): Promise<number> {
  const client = EventStoreDBClient.connectionString(url)
  const streams = Array.from({ length: writers }, () => ({ name: `bench-${randomUUID()}`, revision: -1n }))
  const rate = await atOnce(writers, seconds, async (writer) => {
    const stream = streams[writer] ?? { name: '', revision: -1n }
    const { id, type, data, metadata } = sampleEvent()
    const event = jsonEvent({
      id,
      type,
      data: JSON.parse(data) as JSONEventType['data'],
      metadata: JSON.parse(metadata) as object,
    })
    const expectedRevision = stream.revision === -1n ? NO_STREAM : stream.revision
    const { nextExpectedRevision } = await client.appendToStream(stream.name, event, { expectedRevision })
    stream.revision = nextExpectedRevision
  })
  await client.dispose()
  return rate
}

/** The same through Parley's adapter. */
export async function adapterAppends({ url, writers, seconds }: Writers): Promise<number> {
  await using log = await openEventStoreDbEventLog({
    report: throwingReport,
    connectionString: url,
    streamPrefix: `bench-${randomUUID()}.`.slice(0, 50),
    openingEvent: (logId) => ({ ...sampleEvent(), data: JSON.stringify({ logId }) }),
  })
  const streams = Array.from({ length: writers }, () => ({ name: `stream-${randomUUID()}`, version: 0 }))
  return await atOnce(writers, seconds, async (writer) => {
    const stream = streams[writer] ?? { name: '', version: 0 }
    stream.version = (await log.append(stream.name, stream.version, [sampleEvent()])).version
  })
}
