import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { userStream } from '../../../src/domain/streams.js'
import type { EventLog } from '../../../src/eventstore/event-log.js'
import { createAuditQueries, type AuditQueries } from '../../../src/projections/audit-trail/audit-queries.js'
import { createAuditTrail } from '../../../src/projections/audit-trail/audit-trail.js'
import { openProjection, type OpenProjection } from '../../../src/projections/engine/open-projection.js'
import { startRunner } from '../../../src/projections/engine/runner.js'
import { onEachLog } from '../../support/event-logs.js'
import { noFailures } from '../../support/failure-report.js'
import { rebuild } from '../../support/rebuild.js'
import { openWriteSide, type WriteSide } from '../../support/write-side.js'
import { placed, samples } from '../../privacy/samples.js'
import { NO_FILTER } from '../../../src/projections/audit-trail/audit-entry.js'

onEachLog('the audit trail follows the log', (kind) => {
  let side: WriteSide
  /** On EventStoreDB, a log with another prefix in the same store. */
  let foreign: WriteSide
  let open: OpenProjection
  let queries: AuditQueries

  beforeEach(async () => {
    side = await openWriteSide(undefined, kind)
    foreign = await openWriteSide(undefined, kind)
    open = await openProjection(side.pool, createAuditTrail(side.reader), side.log)
    queries = createAuditQueries(side.pool, open, side.reader)
  })
  afterEach(async () => {
    await foreign[Symbol.asyncDispose]()
    await side[Symbol.asyncDispose]()
  })

  /** Events of both logs by turns. */
  async function append(count: number): Promise<void> {
    for (let index = 0; index < count; index++)
      for (const { log, sealer } of [side, foreign]) {
        const event = { ...samples.UserRegistered, userId: randomUUID() }
        const toSeal = { ...placed(event), stream: userStream(event.userId), version: 1, id: randomUUID() }
        const keys = await sealer.ensureKeys(sealer.keyNames(toSeal.stream, event, toSeal.metadata.at))
        await log.append(toSeal.stream, 0, [sealer.seal(toSeal, keys)])
      }
  }

  async function followToHead({ pool, log }: { pool: WriteSide['pool']; log: EventLog }): Promise<void> {
    await using runner = startRunner(open, { log, pool, report: noFailures, options: { watchMs: 5, retryMs: 5 } })
    expect(await runner.progress.reached(await log.head(), { timeoutMs: 10_000 })).to.equal(true)
  }

  const entries = async () =>
    (await queries.entries({ filter: NO_FILTER, order: 'asc', limit: 200, after: null })).items

  it('and counts its events from LogOpened, through a restart and a rebuild, without those of others', async () => {
    await append(5)
    await followToHead(side)
    await append(5)
    await followToHead(side)
    const { events } = await side.log.readAll(side.log.start, 100)
    const found = await entries()
    expect(found.map(({ ordinal }) => ordinal)).to.deep.equal(Array.from({ length: 11 }, (_, index) => index + 1))
    expect(found.map(({ position }) => position)).to.deep.equal(events.map(({ position }) => position))
    expect(found.map(({ event }) => event)).to.deep.equal(['log_opened', ...Array<string>(10).fill('user_registered')])

    await rebuild(side, open.projection)
    open = await openProjection(side.pool, open.projection, side.log)
    expect(open.generation).to.equal(2)
    queries = createAuditQueries(side.pool, open, side.reader)
    expect(await entries()).to.deep.equal(found)
  })
})
