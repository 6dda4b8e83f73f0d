import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { EventLog, Page, Position } from '../../src/eventstore/event-log.js'
import { startFollower, type Follower, type FollowerDeps } from '../../src/followers/follower.js'
import { openPostgresLog, withOwnPool } from '../eventstore/postgres-log.js'
import { eventually } from '../support/eventually.js'
import { recordedReport, type RecordedReport } from '../support/recorded-report.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'

describe('a follower of the log', () => {
  let database: TestDatabase
  let log: EventLog
  let report: RecordedReport
  let types: string[]

  beforeEach(async () => {
    database = await createTestDatabase()
    log = withOwnPool(await openPostgresLog(database.url))
    report = recordedReport()
    types = []
  })
  afterEach(async () => {
    await log[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const append = async (stream: string, type: string): Promise<Position> =>
    (await log.append(stream, 0, [{ id: randomUUID(), type, data: '{}', metadata: '{}' }])).position

  const note = ({ events }: Page): void => void types.push(...events.map(({ type }) => type))

  const follow = (deps: Partial<FollowerDeps> = {}): Follower =>
    startFollower({
      name: 'notes',
      log,
      streamPrefixes: ['note-'],
      start: (handled) => handled ?? log.start,
      handle: note,
      report,
      retryMs: 1,
      ...deps,
    })

  const reached = async ({ progress }: Follower, position: Position): Promise<void> => {
    expect(await progress.reached(position, { timeoutMs: 30_000 })).to.equal(true)
  }

  it('handles every event of its streams in order, and its progress includes other streams', async () => {
    await append('note-1', 'First')
    await append('other-1', 'Other')
    await using follower = follow()
    await append('note-2', 'Second')
    await reached(follower, await append('other-2', 'Other'))
    expect(types).to.deep.equal(['First', 'Second'])
    expect(report.lines).to.deep.equal([])
    expect(follower.status()).to.deep.equal({ name: 'notes', position: await log.head(), error: null })
  })

  it('repeats a page until it is handled, and reports the failure once and the recovery once', async () => {
    await append('note-1', 'First')
    let failures = 3
    await using follower = follow({
      handle(page) {
        if (failures-- > 0) throw new Error(`away ${failures}`)
        note(page)
      },
    })
    await reached(follower, await log.head())
    await eventually(() => expect(report.lines).to.deep.equal(['notes failed: away 2', 'notes recovered']))
    expect(types).to.deep.equal(['First'])
    expect(follower.status().error).to.equal(null)
  })

  it('reports each outage again', async () => {
    const bad = new Set(['Bad', 'Worse'])
    await using follower = follow({
      handle(page) {
        note(page)
        for (const { type } of page.events) if (bad.delete(type)) throw new Error(type)
      },
    })
    await reached(follower, await append('note-1', 'Bad'))
    await reached(follower, await append('note-2', 'Worse'))
    const expected = ['notes failed: Bad', 'notes recovered', 'notes failed: Worse', 'notes recovered']
    await eventually(() => expect(report.lines).to.deep.equal(expected))
  })

  it('has the reason in its status while it fails, and keeps its progress', async () => {
    await using follower = follow({
      handle() {
        throw new Error('cannot be handled')
      },
    })
    const before = follower.progress.position
    await append('note-1', 'First')
    await eventually(() => expect(follower.status().error).to.be.instanceOf(Error))
    expect(follower.progress.position).to.equal(before)
    expect(report.lines).to.deep.equal(['notes failed: cannot be handled'])
  })

  it('retries a failed start, and reports its recovery also without an event', async () => {
    let failures = 2
    await using follower = follow({
      start() {
        if (failures-- > 0) throw new Error('no position')
        return log.start
      },
    })
    await eventually(() => expect(report.lines).to.deep.equal(['notes failed: no position', 'notes recovered']))
    expect(follower.status().error).to.equal(null)
  })

  it('does not end an outage of handling with a successful start', async () => {
    await append('note-1', 'First')
    let attempts = 0
    await using follower = follow({
      handle() {
        attempts++
        throw new Error('cannot be handled')
      },
    })
    await eventually(() => expect(attempts).to.be.greaterThan(3))
    expect(report.lines).to.deep.equal(['notes failed: cannot be handled'])
    expect(follower.status().error).to.be.instanceOf(Error)
  })

  it('starts again where the handler asks for it', async () => {
    const first = await append('note-1', 'First')
    await append('note-2', 'Second')
    const starts: (Position | null)[] = []
    let asks = 1
    await using follower = follow({
      start(handled) {
        starts.push(handled)
        return starts.length === 1 ? log.start : first
      },
      handle(page, _signal, restart) {
        note(page)
        if (asks-- > 0) restart()
      },
    })
    await reached(follower, await log.head())
    expect(types).to.deep.equal(['First', 'Second', 'Second'])
    expect(starts).to.deep.equal([null, null])
  })

  it('ends when disposed: after the current page, and at once while it pauses', async () => {
    await append('note-1', 'First')
    const seen: AbortSignal[] = []
    const follower = follow({
      retryMs: 3_600_000,
      handle(_page, signal) {
        seen.push(signal)
        throw new Error('away')
      },
    })
    await eventually(() => expect(report.lines).to.have.length(1))
    await follower[Symbol.asyncDispose]()
    expect(seen.map(({ aborted }) => aborted)).to.deep.equal([true])
  })

  it('ends with its log', async () => {
    const follower = follow()
    await reached(follower, await append('note-1', 'First'))
    await log[Symbol.asyncDispose]()
    log = withOwnPool(await openPostgresLog(database.url))
    await follower[Symbol.asyncDispose]()
    expect(report.lines).to.deep.equal([])
  })
})
