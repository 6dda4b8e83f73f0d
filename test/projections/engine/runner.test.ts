import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { noFailures, onFailure } from '../../support/failure-report.js'
import type { NewEvent } from '../../../src/eventstore/event-log.js'
import { readCheckpoint } from '../../../src/projections/engine/checkpoint.js'
import { openNotices, type Notices } from '../../../src/projections/engine/notices.js'
import { openProjection } from '../../../src/projections/engine/open-projection.js'
import { retryProjection } from '../../../src/projections/engine/projection-control.js'
import { NewerEventError } from '../../../src/privacy/event-reader.js'
import { createProgress } from '../../../src/followers/progress.js'
import type { Projection } from '../../../src/projections/engine/projection.js'
import { startRunner, type Runner, type RunnerOptions } from '../../../src/projections/engine/runner.js'
import { eventually } from '../../support/eventually.js'
import { openWriteSide, type WriteSide } from '../../support/write-side.js'

const event = (type = 'Noted'): NewEvent => ({ id: randomUUID(), type, data: '{}', metadata: '{}' })

describe('the runner of a projection', () => {
  let side: WriteSide
  const failures: string[] = []

  beforeEach(async () => {
    side = await openWriteSide()
    failures.length = 0
  })

  afterEach(() => side[Symbol.asyncDispose]())

  /** Notes each event once, by its position; `before` may throw. */
  const notes = (before: (type: string) => void = () => undefined): Projection => ({
    name: 'notes',
    version: 1,
    tables: ['notes'],
    streamPrefixes: ['note-'],
    schema: (table) => `create table ${table('notes')} (position text primary key, type text)`,
    async apply(batch, tx, table) {
      for (const { position, type } of batch) {
        before(type)
        await tx.query(`insert into ${table('notes')} values ($1, $2)`, [position, type])
      }
    },
  })

  const run = async (projection: Projection, more: RunnerOptions = {}, notices?: Notices): Promise<Runner> =>
    startRunner(await openProjection(side.pool, projection, side.log), {
      log: side.log,
      pool: side.pool,
      report: onFailure((error) => failures.push((error as Error).message)),
      ...(notices && { notices }),
      options: { retryMs: 10, watchMs: 5, ...more },
    })

  const noted = async (): Promise<string[]> =>
    (await side.pool.query<{ type: string }>('select type from notes_1_1 order by position')).rows.map(
      ({ type }) => type,
    )

  it('applies each event once, however many of them run on one database', async () => {
    const projection = notes()
    const runners = await Promise.all([run(projection), run(projection), run(projection)])
    for (let index = 0; index < 200; index++) await side.log.append(`note-${index}`, 0, [event()])
    const head = await side.log.head()
    for (const runner of runners) expect(await runner.progress.reached(head)).to.equal(true)
    expect(await noted()).to.have.length(200)
    expect(failures).to.deep.equal([])
    for (const runner of runners) await runner[Symbol.asyncDispose]()
  })

  it('applies in smaller batches what it loses with its connection in large ones', async () => {
    const whole = notes()
    const batches: number[] = []
    const lossy: Projection = {
      ...whole,
      async apply(batch, tx, table) {
        batches.push(batch.length)
        if (batch.length > 5) await tx.query('select pg_terminate_backend(pg_backend_pid())')
        await whole.apply(batch, tx, table)
      },
    }
    await side.log.append(
      'note-1',
      0,
      Array.from({ length: 40 }, () => event()),
    )
    await using runner = await run(lossy)
    expect(await runner.progress.reached(await side.log.head(), { timeoutMs: 60_000 })).to.equal(true)
    expect(await noted()).to.have.length(40)
    expect(batches.slice(0, 4)).to.deep.equal([40, 20, 10, 5])
  })

  it('lets events gather while nobody waits, and applies them together as soon as someone does', async () => {
    const batches: number[] = []
    const counted: Projection = {
      ...notes(),
      apply: (batch) => Promise.resolve(void batches.push(batch.length)),
    }
    await using runner = await run(counted, { gatherMs: 3_600_000 })
    await side.log.append('note-0', 0, [event()])
    await runner.progress.reached(await side.log.head())
    for (let index = 1; index <= 30; index++) await side.log.append(`note-${index}`, 0, [event()])
    await runner.progress.reached(await side.log.head())
    expect(batches).to.deep.equal([1, 30])
  })

  it('ends its gathering for who waits in another process, and tells it that the checkpoint has moved', async () => {
    const projection = notes()
    const options = { pool: side.pool, connectionString: side.databaseUrl, report: noFailures }
    await using noticesHere = openNotices(options)
    await using noticesThere = openNotices(options)
    const never = 3_600_000
    await using leader = await run(projection, { gatherMs: never }, noticesHere)
    await leader.progress.reached((await side.log.append('note-0', 0, [event()])).position)
    await using watcher = await run(projection, { watchMs: never, idleWatchMs: 5 }, noticesThere)
    for (let index = 1; index <= 10; index++) {
      await side.log.append(`gathered-${index}`, 0, [event()])
      const { position } = await side.log.append(`note-${index}`, 0, [event()])
      expect(await watcher.progress.reached(position, { timeoutMs: 30_000 })).to.equal(true)
    }
    expect(await noted()).to.have.length(11)
  })

  it('moves its checkpoint over events of other streams too', async () => {
    await side.log.append('other-1', 0, [event()])
    await using runner = await run(notes())
    expect(await runner.progress.reached(await side.log.head(), { timeoutMs: 30_000 })).to.equal(true)
    expect(await noted()).to.deep.equal([])
  })

  it('with time for it passes over what is not for it without a write, and misses nothing by that', async () => {
    const projection = { ...notes(), idleMs: 3_600_000 }
    await using runner = await run(projection)
    const append = async (stream: string): Promise<string> => {
      const { position } = await side.log.append(stream, 0, [event()])
      expect(await runner.progress.reached(position, { timeoutMs: 30_000 })).to.equal(true)
      return position
    }
    const checkpoint = async () => (await readCheckpoint(side.pool, projection))?.position
    const first = await append('note-1')
    expect(await checkpoint()).to.equal(first)
    await append('other-1')
    await append('other-2')
    expect(await checkpoint()).to.equal(first)
    const last = await append('note-2')
    expect(await checkpoint()).to.equal(last)
    expect(await noted()).to.have.length(2)
    expect(failures).to.deep.equal([])
  })

  it('moves its checkpoint to the end of the log, when nothing for it comes for a while', async () => {
    const projection = { ...notes(), idleMs: 2_000 }
    await using runner = await run(projection, { refreshMs: 50 })
    const { position } = await side.log.append('note-1', 0, [event()])
    expect(await runner.progress.reached(position, { timeoutMs: 30_000 })).to.equal(true)
    await side.log.append('other-1', 0, [event()])
    const head = await side.log.head()
    await eventually(async () => expect((await readCheckpoint(side.pool, projection))?.position).to.equal(head))
    await side.log.append('note-2', 0, [event()])
    expect(await runner.progress.reached(await side.log.head(), { timeoutMs: 30_000 })).to.equal(true)
    expect(await noted()).to.have.length(2)
    expect(failures).to.deep.equal([])
  })

  it('leaves nothing behind of a batch that failed half-way, and applies it whole the next time', async () => {
    let fails = 1
    await side.log.append('note-1', 0, [event('First'), event('Second'), event('Third')])
    await using runner = await run(
      notes((type) => {
        if (type === 'Second' && fails-- > 0) throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
      }),
    )
    await runner.progress.reached(await side.log.head())
    expect(await noted()).to.deep.equal(['First', 'Second', 'Third'])
    expect(failures).to.deep.equal(['cut'])
  })

  it('pauses at a poison event with everything before it applied, says which it is, and goes on once it is mended', async () => {
    let poisonous = true
    const projection = notes((type) => {
      if (type === 'Poison' && poisonous) throw new TypeError('cannot be applied')
    })
    await side.log.append('note-1', 0, [event('Before'), event('Poison'), event('After')])
    await using runner = await run(projection)
    await eventually(async () => {
      expect(runner.status()).to.include({ status: 'paused' })
      expect((await readCheckpoint(side.pool, projection))?.failure).to.include({
        stream: 'note-1',
        eventType: 'Poison',
        code: 'TypeError',
      })
    })
    expect(await noted()).to.deep.equal(['Before'])
    poisonous = false
    await runner.progress.reached(await side.log.head())
    expect(await noted()).to.deep.equal(['Before', 'Poison', 'After'])
    expect(runner.status()).to.include({ status: 'live', failure: null })
    expect((await readCheckpoint(side.pool, projection))?.failure).to.equal(null)
  })

  it('leaves the lease to a later release at an event that only that one knows', async () => {
    const earlier = notes((type) => {
      if (type === 'Newer') throw new NewerEventError(type, 2, 'note-1', 1)
    })
    await using old = await run(earlier)
    await old.progress.reached(await side.log.head())
    await using later = await run(notes())
    await side.log.append('note-1', 0, [event('Newer'), event('After')])
    const head = await side.log.head()
    for (const runner of [old, later]) expect(await runner.progress.reached(head, { timeoutMs: 20_000 })).to.equal(true)
    expect(await noted()).to.deep.equal(['Newer', 'After'])
    expect(failures).to.have.length(1)
    await eventually(() => expect(old.status()).to.include({ status: 'live', failure: null }))
  })

  it('says that an event is of a later release where no node of that release runs', async () => {
    const earlier = notes((type) => {
      if (type === 'Newer') throw new NewerEventError(type, 2, 'note-1', 1)
    })
    await side.log.append('note-1', 0, [event('Newer')])
    await using runner = await run(earlier)
    await eventually(() => expect(runner.status().failure).to.include({ code: 'newer-event', eventType: 'Newer' }))
  })

  it('tries a poison event again as soon as it is asked to, however long its pause is', async () => {
    let poisonous = true
    const projection = notes((type) => {
      if (type === 'Poison' && poisonous) throw new RangeError('cannot be applied')
    })
    await side.log.append('note-1', 0, [event('Poison')])
    await using runner = await run(projection, { retryMs: 3_600_000, idleWatchMs: 5 })
    await eventually(() => expect(runner.status().status).to.equal('paused'))
    poisonous = false
    expect(await retryProjection(side.pool, projection)).to.equal(true)
    expect(await runner.progress.reached(await side.log.head(), { timeoutMs: 20_000 })).to.equal(true)
    expect(runner.status()).to.include({ status: 'live', failure: null })
  })

  it('goes on from its checkpoint after a stop', async () => {
    const first = await run(notes())
    await side.log.append('note-1', 0, [event('First')])
    await first.progress.reached(await side.log.head())
    await first[Symbol.asyncDispose]()
    expect(first.status()).to.include({ status: 'stopped' })
    await side.log.append('note-1', 1, [event('Second')])
    await using second = await run(notes())
    await second.progress.reached(await side.log.head())
    expect(await noted()).to.deep.equal(['First', 'Second'])
  })
})

describe('progress', () => {
  const compare = (a: string, b: string): number => Number(a) - Number(b)

  it('is reached at once, later, or not in time', async () => {
    const progress = createProgress('1', compare)
    expect(await progress.reached('1')).to.equal(true)
    const later = progress.reached('3')
    progress.moveTo('2')
    progress.moveTo('3')
    expect(await later).to.equal(true)
    expect(await progress.reached('4', { timeoutMs: 1 })).to.equal(false)
    progress.moveTo('1')
    expect(progress.position).to.equal('3')
  })

  it('is given up when asked to', async () => {
    const progress = createProgress('1', compare)
    const stop = new AbortController()
    const { signal } = stop
    const waiting = progress.reached('2', { signal })
    stop.abort()
    expect(await waiting).to.equal(false)
    expect(await progress.reached('2', { signal })).to.equal(false)
  })
})
