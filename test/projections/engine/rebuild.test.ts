import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { NewEvent } from '../../../src/eventstore/event-log.js'
import { createPool } from '../../../src/postgres/pool.js'
import { inTransaction } from '../../../src/postgres/transaction.js'
import { createBatchLimit } from '../../../src/projections/engine/apply-in-batches.js'
import { moveCheckpoint, moveQuery, readCheckpoint } from '../../../src/projections/engine/checkpoint.js'
import {
  beginGeneration,
  cancelGeneration,
  pruneGenerations,
  readGenerations,
} from '../../../src/projections/engine/generations.js'
import { createLease } from '../../../src/projections/engine/lease.js'
import { openProjection } from '../../../src/projections/engine/open-projection.js'
import { checkpointOf, perGeneration } from '../../../src/projections/engine/per-generation.js'
import { retryProjection } from '../../../src/projections/engine/projection-control.js'
import type { Projection } from '../../../src/projections/engine/projection.js'
import { pruneVersions } from '../../../src/projections/engine/prune-versions.js'
import { buildLeaseKey, createBuild, type Build } from '../../../src/projections/engine/rebuild/build.js'
import type { BuildLog } from '../../../src/projections/engine/rebuild/read-between.js'
import { startRebuilder } from '../../../src/projections/engine/rebuild/start-rebuilder.js'
import { switchGeneration } from '../../../src/projections/engine/rebuild/switch-generation.js'
import { startRunner, type Runner } from '../../../src/projections/engine/runner.js'
import { eventually } from '../../support/eventually.js'
import { noFailures, onFailure } from '../../support/failure-report.js'
import { rebuild } from '../../support/rebuild.js'
import { openWriteSide, type WriteSide } from '../../support/write-side.js'

const event = (type = 'Noted'): NewEvent => ({ id: randomUUID(), type, data: '{}', metadata: '{}' })

const none = () => Promise.resolve(new Map())

/** One row for each event. */
const notes = (name = 'notes', before: (type: string) => void | Promise<void> = () => undefined): Projection => ({
  name,
  version: 1,
  tables: [name],
  streamPrefixes: ['note-'],
  schema: (table) => `create table ${table(name)} (position text primary key, type text)`,
  async apply(batch, tx, table) {
    for (const { position, type } of batch) {
      await before(type)
      await tx.query(`insert into ${table(name)} values ($1, $2)`, [position, type])
    }
  },
})

describe('a rebuild', function () {
  this.timeout(120_000)
  let side: WriteSide
  let runners: Runner[]

  beforeEach(async () => {
    side = await openWriteSide()
    runners = []
  })

  afterEach(async () => {
    for (const runner of runners) await runner[Symbol.asyncDispose]()
    await side[Symbol.asyncDispose]()
  })

  let streams = 0
  async function append(count: number, type?: string): Promise<void> {
    for (let index = 0; index < count; index++) await side.log.append(`note-${streams++}`, 0, [event(type)])
  }

  async function run(projection: Projection): Promise<Runner> {
    const runner = startRunner(await openProjection(side.pool, projection, side.log), {
      log: side.log,
      pool: side.pool,
      report: noFailures,
      options: { retryMs: 5, watchMs: 5, refreshMs: 20 },
    })
    runners.push(runner)
    expect(await runner.progress.reached(await side.log.head(), { timeoutMs: 20_000 })).to.equal(true)
    return runner
  }

  const begin = (projection: Projection, state: 'building' | 'comparing' = 'building') =>
    beginGeneration(side.pool, projection, { start: side.log.start, state })

  const rebuilder = (projections: Projection[], more: { log?: BuildLog } = {}, failures: unknown[] = []) =>
    startRebuilder({
      pool: side.pool,
      openBuildPool: () => createPool(side.pool.options as Parameters<typeof createPool>[0]),
      log: more.log ?? side.log,
      projections,
      readSkipped: none,
      report: onFailure((error) => failures.push(error)),
      pollMs: 20,
    })

  const generationOf = async (projection: Projection) => (await readCheckpoint(side.pool, projection))?.generation

  const switched = (projection: Projection, generation: number) =>
    eventually(async () => expect(await generationOf(projection)).to.equal(generation))

  const count = async (table: string): Promise<number> =>
    (await side.pool.query<{ count: number }>(`select count(*)::integer from ${table}`)).rows[0]!.count

  /** A build that nobody runs, under a lease of its own. */
  async function buildOf(projection: Projection): Promise<Build & AsyncDisposable> {
    const lease = createLease(side.pool, buildLeaseKey(projection))
    await lease.claim()
    const [row] = (await readGenerations(side.pool, [projection])).filter(({ state }) => state === 'building')
    const deps = {
      pool: side.pool,
      log: side.log,
      projection,
      lease,
      batchLimit: createBatchLimit(),
      skipped: new Set<string>(),
    }
    return Object.assign(createBuild(row!, deps), { [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose]() })
  }

  it('several in one pass over the log', async () => {
    const all = [notes('one'), notes('two'), notes('three')]
    for (const projection of all) await openProjection(side.pool, projection, side.log)
    await append(30)
    for (const projection of all) await begin(projection)
    const reads: string[] = []
    const log = {
      comparePositions: side.log.comparePositions.bind(side.log),
      readAll(after: string, limit: number) {
        reads.push(after)
        return side.log.readAll(after, limit)
      },
    }
    await using builds = rebuilder(all, { log })
    builds.wakeUp()
    for (const projection of all) await switched(projection, 2)
    expect(reads.filter((after) => after === side.log.start)).to.have.length(1)
    for (const { name } of all) expect(await count(`${name}_1_2`)).to.equal(30)
  })

  it('goes on in smaller batches where it loses large ones with its connection', async () => {
    const whole = notes()
    const lossy: Projection = {
      ...whole,
      async apply(batch, tx, table) {
        if (batch.length > 5) await tx.query('select pg_terminate_backend(pg_backend_pid())')
        await whole.apply(batch, tx, table)
      },
    }
    await openProjection(side.pool, lossy, side.log)
    await append(40)
    await begin(lossy)
    await using builds = rebuilder([lossy])
    builds.wakeUp()
    await switched(lossy, 2)
    expect(await count('notes_1_2')).to.equal(40)
  })

  it('is used only once it is not behind the tables in use', async () => {
    const projection = notes()
    await append(20)
    await run(projection)
    await begin(projection)
    await using build = await buildOf(projection)
    const half = await side.log.readAll(side.log.start, 10)
    expect(await build.apply(half)).to.equal(true)
    expect(await switchGeneration(side.pool, side.log, build)).to.equal(true)
    expect(await count('notes_1_2')).to.equal(20)
    expect(await readCheckpoint(side.pool, projection)).to.include({ generation: 2, position: await side.log.head() })
  })

  it('is not used while more is missing than may be applied within the switch', async () => {
    const projection = notes()
    await side.log.append(
      'note-many',
      0,
      Array.from({ length: 500 }, () => event()),
    )
    await side.log.append(
      'note-many',
      500,
      Array.from({ length: 501 }, () => event()),
    )
    await run(projection)
    await begin(projection)
    await using build = await buildOf(projection)
    expect(await switchGeneration(side.pool, side.log, build)).to.equal(false)
    expect(await generationOf(projection)).to.equal(1)
    expect(await count('notes_1_2')).to.equal(0)
  })

  it('replaces tables that were made from a later copy of the log, which a restore took back', async () => {
    const projection = notes()
    await append(3)
    const runner = await run(projection)
    await runner[Symbol.asyncDispose]()
    const head = await side.log.head()
    await side.pool.query('update projections set position = $1', [head.replace(/\d+$/, '999999')])
    await rebuild(side, projection)
    expect(await readCheckpoint(side.pool, projection)).to.include({ generation: 2, position: head })
  })

  it('ends although the tables in use stand beyond the last event, as a page without one moves their checkpoint', async () => {
    const projection = notes()
    await append(3)
    const runner = await run(projection)
    await runner[Symbol.asyncDispose]()
    const head = await side.log.head()
    await side.pool.query('update projections set position = $1', [head.replace(/\d+$/, '999999')])
    await begin(projection, 'comparing')
    await using builds = rebuilder([projection])
    builds.wakeUp()
    await eventually(async () =>
      expect((await readGenerations(side.pool, [projection])).map(({ state }) => state)).to.deep.equal(['compared']),
    )
    await begin(projection)
    builds.wakeUp()
    await switched(projection, 3)
    expect(await count('notes_1_3')).to.equal(3)
  })

  it('that was cancelled, or is another process’s now, is not used and writes nothing more', async () => {
    const projection = notes()
    await append(5)
    await run(projection)
    await begin(projection)
    await using build = await buildOf(projection)
    const page = await side.log.readAll(side.log.start, 10)
    await side.pool.query("update projection_leases set epoch = epoch + 1 where name = 'notes builds'")
    expect(await build.apply(page)).to.equal(false)
    expect(await switchGeneration(side.pool, side.log, build)).to.equal(false)
    expect(await count('notes_1_2')).to.equal(0)
    expect(await cancelGeneration(side.pool, projection)).to.equal(true)
    expect(await build.apply(page)).to.equal(false)
    expect(await generationOf(projection)).to.equal(1)
    expect(await readGenerations(side.pool, [projection])).to.deep.equal([])
    expect((await side.pool.query("select from pg_class where relname = 'notes_1_2'")).rowCount).to.equal(0)
  })

  it('goes on from its own checkpoint where the process that began it has ended', async () => {
    const projection = notes()
    await openProjection(side.pool, projection, side.log)
    await append(10)
    await begin(projection)
    const build = await buildOf(projection)
    await build.apply(await side.log.readAll(side.log.start, 6))
    await build[Symbol.asyncDispose]()
    const seen: string[] = []
    await using builds = rebuilder([notes('notes', (type) => void seen.push(type))])
    builds.wakeUp()
    await switched(projection, 2)
    expect(seen).to.have.length(5) // one of the first six events is the opening of the log
    expect(await count('notes_1_2')).to.equal(10)
  })

  it('that meets an event it cannot apply pauses there by itself, until it is asked to try again', async () => {
    let poisonous = true
    const bad = notes('bad', (type) => {
      if (type === 'Poison' && poisonous) throw new RangeError('cannot be applied')
    })
    const good = notes('good')
    for (const projection of [bad, good]) await openProjection(side.pool, projection, side.log)
    await append(3)
    await append(1, 'Poison')
    await append(3)
    for (const projection of [bad, good]) await begin(projection)
    const failures: unknown[] = []
    await using builds = rebuilder([bad, good], {}, failures)
    builds.wakeUp()
    await switched(good, 2)
    const [paused] = await eventually(async () => {
      const rows = await readGenerations(side.pool, [bad])
      expect(rows[0]?.failure).to.include({ eventType: 'Poison', code: 'RangeError' })
      return rows
    })
    expect(paused?.state).to.equal('building')
    expect(await count('bad_1_2')).to.equal(3)
    expect(failures).to.have.length(1)
    poisonous = false
    expect(await retryProjection(side.pool, bad)).to.equal(true)
    await switched(bad, 2)
    expect(await count('bad_1_2')).to.equal(7)
  })

  it('is noticed by a runner without an event, and followed from there', async () => {
    const projection = notes()
    await append(3)
    const runner = await run(projection)
    await rebuild(side, projection)
    await eventually(() => expect(runner.status().generation).to.equal(2))
    await append(1)
    expect(await runner.progress.reached(await side.log.head(), { timeoutMs: 20_000 })).to.equal(true)
    expect([await count('notes_1_1'), await count('notes_1_2')]).to.deep.equal([3, 4])
  })

  it('is noticed by queries that meet a replaced generation, and those are answered by its successor', async () => {
    const projection = notes()
    await append(3)
    const open = await openProjection(side.pool, projection, side.log)
    const queries = perGeneration(side.pool, open, ({ table, checkpoint }) => ({
      count: async () =>
        (await side.pool.query<{ n: number }>(`select count(*)::integer as n from ${table('notes')}`)).rows[0]?.n,
      position: async () => checkpointOf((await side.pool.query<{ position: string }>(checkpoint)).rows),
      broken: () => side.pool.query('select * from nothing_such'),
    }))
    expect(await queries.count()).to.equal(0)
    await rebuild(side, projection)
    expect(await queries.position()).to.equal(await side.log.head())
    expect(open.generation).to.equal(2)
    await rebuild(side, projection)
    expect(await pruneGenerations(side.pool, projection)).to.deep.equal([1, 2])
    expect(await queries.count()).to.equal(3)
    expect(open.generation).to.equal(3)
    const failure = await queries.broken().catch((error: unknown) => error)
    expect(failure).to.have.property('code', '42P01')
  })

  it('of a version that no node runs yet begins to be used with the first node that does', async () => {
    const [before, after] = [notes(), { ...notes(), version: 2 }]
    await append(3)
    await run(before)
    await rebuild(side, after)
    expect(await generationOf(after)).to.equal(1)
    expect(await count('notes_2_1')).to.equal(3)
    const runner = await run(after)
    expect(runner.status()).to.include({ version: 2, generation: 1 })
  })

  it('leaves tables of earlier versions until no node of theirs runs', async () => {
    const [before, after] = [notes(), { ...notes(), version: 2 }]
    await append(3)
    const old = await run(before)
    await run(after)
    expect(await pruneVersions(side.pool, [after])).to.deep.equal([])
    await old[Symbol.asyncDispose]()
    expect(await pruneVersions(side.pool, [before])).to.deep.equal([])
    expect(await pruneVersions(side.pool, [after])).to.deep.equal([{ name: 'notes', version: 1, generation: 1 }])
    expect((await side.pool.query("select from pg_class where relname = 'notes_1_1'")).rowCount).to.equal(0)
    expect(await readCheckpoint(side.pool, before)).to.equal(null)
  })

  it('moves no checkpoint under a lease that was lost', async () => {
    const projection = notes()
    const open = await openProjection(side.pool, projection, side.log)
    await using lease = createLease(side.pool, projection)
    await lease.claim()
    const expected = side.log.start
    const move = (epoch: number) =>
      inTransaction(side.pool, (tx) =>
        moveCheckpoint(tx, (parameter) => moveQuery(open, { expected, next: expected, epoch }, parameter)),
      )
    expect(await move(1)).to.equal(true)
    await side.pool.query('update projection_leases set epoch = epoch + 1')
    expect(await move(1)).to.equal(false)
    await side.pool.query('update projections set stopped = true')
    expect(await move(2)).to.equal(false)
  })
})
