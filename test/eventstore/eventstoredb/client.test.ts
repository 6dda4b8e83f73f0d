import { UnavailableError } from '@eventstore/db-client'
import { expect } from 'chai'
import { openEventStoreDbEventLog } from '../../../src/eventstore/eventstoredb/eventstoredb-event-log.js'
import { EventStoreUnreachableError } from '../../../src/eventstore/eventstoredb/event-store-unreachable-error.js'
import { rejectionOf } from '../../contract/event-log-support.js'
import { noFailures } from '../../support/failure-report.js'
import { openingEvent } from '../postgres-log.js'
import { closeClient, openClient } from '../../../src/eventstore/eventstoredb/client.js'
import { isConnectionString } from '../../../src/eventstore/eventstoredb/connection-string.js'

describe('A client of EventStoreDB', () => {
  it('accepts valid connection strings', () => {
    for (const text of ['esdb://localhost', 'esdb+discover://a:b@c:2113?tls=false', 'esdb://a:1,b:2?tls=true'])
      expect(isConnectionString(text), text).to.equal(true)
    for (const text of ['', 'localhost:2113', 'http://localhost:2113', 'esdb://', 'esdb://a:b:c'])
      expect(isConnectionString(text), text).to.equal(false)
  })

  it('keeps the settings of the operator in any spelling, and has a connection of its own', async () => {
    for (const [given, base] of [
      [20_000, 20_000],
      [-1, 2_000_000_000],
    ] as const) {
      const text = `esdb://127.0.0.1:1?tls=false&Keep_Alive_Interval=${given}&connectionName=ours`
      const clients = [openClient(text), openClient(text)]
      const intervals: number[] = []
      for (const client of clients) {
        expect(client.connectionName).to.equal('ours')
        const channel = await client['getChannel']()
        expect(channel.getTarget()).to.include('127.0.0.1:1')
        intervals.push(optionsOf(channel)['grpc.keepalive_time_ms'])
        await closeClient(client)
      }
      for (const interval of intervals) expect(interval - base).to.be.within(0, 5_000)
      expect(new Set(intervals).size).to.equal(2)
    }
  })

  it('reports after a while that no server answers when the log is opened', async () => {
    const connectionString = 'esdb://127.0.0.1:1?tls=false'
    const opening = openEventStoreDbEventLog({ connectionString, openingEvent, report: noFailures, patienceMs: 100 })
    const error = await rejectionOf(opening)
    expect(error).to.be.instanceOf(EventStoreUnreachableError)
    expect(error).to.match(/EventStoreDB does not answer .*; is EVENTSTORE_URL right, and is it running\?$/)
  })

  it('survives a failed discovery while one of its connections breaks', async () => {
    const client = openClient('esdb+discover://127.0.0.1:1?tls=false&maxDiscoverAttempts=1&discoveryInterval=1')
    const channel = client['getChannel']().catch(() => 'not found')
    const broken = { getChannel: () => null } as unknown as Parameters<(typeof client)['handleError']>[0]
    await client['handleError'](broken, new UnavailableError())
    expect(await channel).to.equal('not found')
  })
})

/** What the channel was opened with; the library does not show it. */
const optionsOf = (channel: object): Record<'grpc.keepalive_time_ms', number> =>
  (channel as { internalChannel: { options: Record<'grpc.keepalive_time_ms', number> } }).internalChannel.options
