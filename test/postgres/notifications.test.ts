import { expect } from 'chai'
import pg from 'pg'
import { createReleases } from '../../src/app/release.js'
import { openNotifications } from '../../src/postgres/notifications.js'
import { openBreakableProxy } from '../support/breakable-proxy.js'
import { eventually } from '../support/eventually.js'
import { noFailures } from '../support/failure-report.js'
import { recordedReport } from '../support/recorded-report.js'
import { createTestDatabase } from '../support/test-database.js'

describe('Notifications of new events', () => {
  it('are sent again after an outage, which is reported once, and its end once', async () => {
    await using database = await createTestDatabase()
    await using proxy = await openBreakableProxy(database.url)
    const pool = new pg.Pool({ connectionString: proxy.url, max: 1 })
    pool.on('error', () => undefined) // broken on purpose
    await using releases = createReleases()
    releases.onRelease(() => pool.end())
    const report = recordedReport()
    const received: (string | null)[] = []
    const options = { pool, connectionString: database.url, channel: 'tests', name: 'event-log-notifications' }
    releases.add(openNotifications({ ...options, report: noFailures, onNotified: (subject) => received.push(subject) }))
    await using sender = openNotifications({
      ...options,
      report,
      onNotified: (subject) => expect(subject).to.equal(null),
    })
    await eventually(() => expect(received).to.deep.equal([null])) // listens
    proxy.cut()
    sender.announce('one')
    sender.announce('two')
    sender.announce('one')
    await eventually(() => expect(report.lines).to.have.length(1))
    proxy.restore()
    await eventually(() => expect(received).to.have.members([null, 'one', 'two']))
    await eventually(() => expect(report.lines).to.have.length(2))
    expect(report.lines[0]).to.match(/^event-log-notifications failed: /)
    expect(report.lines[1]).to.equal('event-log-notifications recovered')
  })
})
