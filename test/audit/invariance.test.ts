import { expect } from 'chai'
import type { NewEvent, RecordedEvent } from '../../src/eventstore/event-log.js'
import { userKey } from '../../src/privacy/key-names.js'
import { openPostgresLog } from '../eventstore/postgres-log.js'
import { newPrefix, openEventStoreLog } from '../support/event-logs.js'
import { noFailures } from '../support/failure-report.js'
import { randomsOf } from '../support/randoms.js'
import { rebuildAll } from '../support/rebuild.js'
import { createTestDatabase } from '../support/test-database.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'
import { allEvents, copyEvents, headsAt, type ChainHeads } from './chain-heads.js'

const headsOf = (events: readonly RecordedEvent[]): ChainHeads =>
  headsAt(events, [events.length], randomsOf(Date.now()))[0]!

describe('the audit chain stays as it is', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let heads: ChainHeads

  before(async () => {
    audited = await startAuditedApp()
    const bob = await audited.parley.register('Bob')
    for (let message = 1; message <= 40; message++) {
      const id = await audited.send(`message ${message}`)
      if (message % 5 !== 0) continue
      const path = `/chats/${audited.chatId}/messages/${id}`
      const { token } = audited.ada
      await audited.parley.call('PATCH', path, { token, body: { content: `edited ${message}` } })
      await audited.parley.call('PUT', `${path}/reactions/👍`, { token })
    }
    await audited.parley.call('PATCH', '/users/me', { token: bob.token, body: { statusText: 'gone' } })
    await audited.chained()
    ;({ head: heads } = await audited.verify())
  })
  after(() => audited[Symbol.asyncDispose]())

  it('when keys of users are destroyed, and all read models are built again', async () => {
    const { dataKeys, databases, log, projections } = audited.parley.app.core
    await dataKeys.destroy(userKey(audited.ada.id))
    await rebuildAll({ pool: databases.main, log }, [projections.conversations, projections.auditTrail])
    expect(await audited.verify()).to.deep.include({ ok: true, head: heads })
  })

  it('when the log is copied to EventStoreDB and back', async () => {
    const events = await audited.events()
    expect(headsOf(events)).to.deep.equal(heads)
    const { id, type, data, metadata } = events[0]!
    const openingEvent = (): NewEvent => ({ id, type, data, metadata })
    await using store = await openEventStoreLog(newPrefix(), openingEvent, { report: noFailures })
    await copyEvents(events, store)
    const there = await allEvents(store)
    expect(headsOf(there)).to.deep.equal(heads)
    await using database = await createTestDatabase()
    await using opened = await openPostgresLog(database.url, { openingEvent })
    await copyEvents(there, opened.log)
    expect(headsOf(await allEvents(opened.log))).to.deep.equal(heads)
  })
})
