import { expect } from 'chai'
import { followUntil, newEvents, newStream } from '../../contract/event-log-support.js'
import { eventually } from '../../support/eventually.js'
import {
  type EventStoreServer,
  startEventStoreServer,
} from '../../support/eventstore-server/start-eventstore-server.js'
import { recordedReport } from '../../support/recorded-report.js'
import { openedLogs } from './opened-logs.js'
import { watchUnhandled } from './watch-unhandled.js'

/** So long that a test which needs the comparison with the head would time out. */
const NEVER_MS = 3_600_000
/** For what is never answered; long enough for what is, on a busy machine. */
const TIMEOUT_MS = 1_500

describe('An outage of following the log in EventStoreDB is reported once', () => {
  let server: EventStoreServer
  const open = openedLogs()
  watchUnhandled()

  beforeEach(async () => {
    server = await startEventStoreServer()
  })

  afterEach(() => server[Symbol.asyncDispose]())

  const untilSubscribed = (): Promise<unknown> => eventually(() => expect(server.subscriptions).to.equal(1))

  it('when subscriptions are refused, and its end once when an event arrives', async () => {
    const report = recordedReport()
    const log = await open(server.url, { watchMs: NEVER_MS, report })
    const following = followUntil(log, await log.head(), (events) => events.length === 1)
    await untilSubscribed()
    await refuseSubscriptions()
    await eventually(() => log.append(newStream(), 0, newEvents(1)))
    server.faults.heal()
    await following
    await eventually(() => expect(report.lines).to.have.length(2))
    expect(report.lines[0]).to.match(/^event-log failed: /)
    expect(report.lines[1]).to.equal('event-log recovered')
  })

  it('when subscriptions are refused, and its end once when one lasts without any event', async () => {
    const report = recordedReport()
    const log = await open(server.url, { watchMs: 30, report })
    const following = followUntil(log, await log.head(), (events) => events.length === 1)
    await untilSubscribed()
    await refuseSubscriptions()
    expect(report.lines).to.have.length(1)
    server.faults.heal()
    await eventually(() => expect(report.lines).to.have.length(2))
    expect(report.lines[1]).to.equal('event-log recovered')
    await log[Symbol.asyncDispose]()
    await following
  })

  it('when the head cannot be read, and its end once, while the subscription stays', async () => {
    const report = recordedReport()
    const log = await open(server.url, { timeoutMs: TIMEOUT_MS, watchMs: 5, report })
    const following = followUntil(log, await log.head(), (events) => events.length === 1)
    await untilSubscribed()
    server.faults.stopReads()
    const before = server.readsBegun
    await eventually(() => expect(server.readsBegun).to.be.above(before + 2))
    server.faults.heal()
    await eventually(() => expect(report.lines).to.have.length(2))
    expect(report.lines).to.deep.equal([
      'event-log failed: EventStoreDB did not answer the read: no answer within 1500 ms',
      'event-log recovered',
    ])
    expect(server.subscriptionsBegun).to.equal(1)
    await log[Symbol.asyncDispose]()
    await following
  })

  /** Until several attempts have failed. */
  async function refuseSubscriptions(): Promise<void> {
    const before = server.subscriptionsBegun
    server.faults.refuse('subscriptions')
    await eventually(() => expect(server.subscriptionsBegun).to.be.above(before + 3))
  }
})
