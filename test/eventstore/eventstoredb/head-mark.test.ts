import { expect } from 'chai'
import type pg from 'pg'
import { createHeadMark, type MarkStore } from '../../../src/eventstore/eventstoredb/head-mark.js'
import { createFollowerPosition } from '../../../src/followers/follower-position.js'
import { createPool } from '../../../src/postgres/pool.js'
import { type BreakableProxy, openBreakableProxy } from '../../support/breakable-proxy.js'
import { eventually } from '../../support/eventually.js'
import { recordedReport, type RecordedReport } from '../../support/recorded-report.js'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js'

const LOG = 'a-log'
const FIRST = 10
const MIB = 1024 * 1024

const upTo = (examined: number) => ({ first: FIRST, examined, last: FIRST })

describe('The mark of how far EventStoreDB was searched', () => {
  let database: TestDatabase
  let proxy: BreakableProxy
  let pool: pg.Pool
  let store: MarkStore
  let report: RecordedReport

  beforeEach(async () => {
    database = await createTestDatabase()
    proxy = await openBreakableProxy(database.url)
    pool = createPool({ connectionString: proxy.url, max: 1 })
    store = createFollowerPosition(pool, 'eventstoredb-head')
    report = recordedReport()
    await store.read(`${LOG} 100 ${FIRST}`)
  })

  afterEach(async () => {
    await pool.end()
    await proxy[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const openMark = () => createHeadMark(store, LOG, FIRST, report)
  const untilReported = (lines: number) => eventually(() => expect(report.lines).to.have.length(lines))

  it('is written once there is a mebibyte more, and when it is closed', async () => {
    const mark = openMark()
    expect(await mark.load()).to.deep.equal(upTo(100))
    mark.note(upTo(2 * MIB))
    await eventually(async () => expect(await openMark().load()).to.deep.equal(upTo(2 * MIB)))
    mark.note(upTo(2 * MIB + 1))
    expect(await openMark().load()).to.deep.equal(upTo(2 * MIB))
    await mark.close()
    expect(await openMark().load()).to.deep.equal(upTo(2 * MIB + 1))
    expect(report.lines).to.deep.equal([])
  })

  it('is the first event while it cannot be read, which is reported, and written with what is known next', async () => {
    const mark = openMark()
    proxy.cut()
    expect(await mark.load()).to.deep.equal(upTo(FIRST))
    expect(report.lines).to.have.length(1)
    expect(report.lines[0]).to.match(/^event-log-mark failed: /)
    proxy.restore()
    mark.note(upTo(200))
    await untilReported(2)
    expect(report.lines[1]).to.equal('event-log-mark recovered')
    expect(await openMark().load()).to.deep.equal(upTo(200))
  })

  it('is written with what is known next after it could not be written, reported once, and its end once', async () => {
    const mark = openMark()
    await mark.load()
    proxy.cut()
    mark.note(upTo(2 * MIB))
    await untilReported(1)
    mark.note(upTo(3 * MIB))
    await mark.close()
    expect(report.lines).to.have.length(1)
    expect(report.lines[0]).to.match(/^event-log-mark failed: /)
    proxy.restore()
    mark.note(upTo(3 * MIB + 1))
    await untilReported(2)
    expect(report.lines[1]).to.equal('event-log-mark recovered')
    expect(await openMark().load()).to.deep.equal(upTo(3 * MIB + 1))
  })
})
