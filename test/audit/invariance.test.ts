import { randomInt } from 'node:crypto'
import { expect } from 'chai'
import { chainRows } from '../../src/audit/chain/chain-rows.js'
import { FIRST_HASH } from '../../src/audit/chain/chain-entry.js'
import { addLeaf, headOf, type Subtree } from '../../src/audit/merkle/subtrees.js'
import type { EventLog, NewEvent, RecordedEvent } from '../../src/eventstore/event-log.js'
import { userKey } from '../../src/privacy/key-names.js'
import { openPostgresLog } from '../eventstore/postgres-log.js'
import { newPrefix, openEventStoreLog } from '../support/event-logs.js'
import { noFailures } from '../support/failure-report.js'
import { rebuildAll } from '../support/rebuild.js'
import { createTestDatabase } from '../support/test-database.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'

interface Heads {
  ordinal: number
  hash: string
  treeHead: string
}

/** The chain over these events, computed in batches of any size. */
function headsOf(events: readonly RecordedEvent[]): Heads {
  const peaks: Subtree[] = []
  let [ordinal, hash] = [0, FIRST_HASH]
  while (ordinal < events.length) {
    const batch = events.slice(ordinal, ordinal + randomInt(1, 40))
    for (const entry of chainRows({ ordinal, hash, peaks }, batch, () => true).entries) {
      addLeaf(peaks, { lastLeaf: entry.ordinal, level: 0, hash: entry.hash })
      ;({ ordinal, hash } = entry)
    }
  }
  return { ordinal, hash, treeHead: headOf(peaks) }
}

async function allOf(log: EventLog): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = []
  for (let after = log.start; ;) {
    const { events, position } = await log.readAll(after, 1_000)
    if (events.length === 0) return all
    all.push(...events)
    after = position
  }
}

/** Everything after the event that opened the log. */
async function copy(events: readonly RecordedEvent[], to: EventLog): Promise<void> {
  for (const { stream, version, id, type, data, metadata } of events.slice(1))
    await to.append(stream, version - 1, [{ id, type, data, metadata }])
}

describe('the audit chain stays as it is', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let heads: Heads

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
    await copy(events, store)
    const there = await allOf(store)
    expect(headsOf(there)).to.deep.equal(heads)
    await using database = await createTestDatabase()
    await using opened = await openPostgresLog(database.url, { openingEvent })
    await copy(there, opened.log)
    expect(headsOf(await allOf(opened.log))).to.deep.equal(heads)
  })
})
