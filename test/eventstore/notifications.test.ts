import { expect } from 'chai'
import pg from 'pg'
import { openNotifications } from '../../src/eventstore/postgres/notifications.js'
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
    const report = recordedReport()
    let heard = 0
    const receiver = openNotifications(pool, database.url, () => heard++, noFailures)
    const sender = openNotifications(pool, database.url, () => undefined, report)
    await eventually(() => expect(heard).to.equal(1)) // listens
    proxy.cut()
    sender.announce()
    await eventually(() => expect(report.lines).to.have.length(1))
    proxy.restore()
    await eventually(() => expect(heard).to.be.above(1))
    await eventually(() => expect(report.lines).to.have.length(2))
    expect(report.lines[0]).to.match(/^event-log-notifications failed: /)
    expect(report.lines[1]).to.equal('event-log-notifications recovered')
    await sender[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
    await pool.end()
  })
})
