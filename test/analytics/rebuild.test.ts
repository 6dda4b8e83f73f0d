import { expect } from 'chai'
import { Client } from 'pg'
import { eventually } from '../support/eventually.js'
import { openChat, send, seqsProjection, startAnalyticsApp, type AnalyticsApp } from './analytics-app.js'

/** What `apply` waits for, when it is to stop in the middle of a batch. */
const LOCK = 4_711
const waiting = `await sql\`select pg_advisory_xact_lock_shared(${LOCK})\``

const rowsOf = (app: AnalyticsApp) =>
  app.query<{ seq: number; note: string | null }>('select seq, note from analytics.seqs order by seq')

const noting = (options: { version?: number; first?: string } = {}): string =>
  seqsProjection(options)
    .replace('seqs (message_id, seq) values (', 'seqs (message_id, note, seq) values (')
    .replace('messageId}', "messageId}, 'again'")

async function startWithMessages(count: number) {
  const app = await startAnalyticsApp({ 'seqs.mjs': seqsProjection() })
  const { ada, chatId } = await openChat(app.parley)
  for (let seq = 1; seq <= count; seq++) await send(app.parley, ada, chatId, 'hello')
  await eventually(async () => expect(await rowsOf(app)).to.have.length(count))
  return { app, ada, chatId, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

/** Runs `work` on a connection of its own. */
async function connected<Result>(app: AnalyticsApp, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: app.parley.config.databaseUrl! })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

describe("a rebuild of an analyst's projection", () => {
  it('builds beside the tables that analysts see, which stay up to date, and then replaces them at once', async () => {
    await using started = await startWithMessages(3)
    const { app, ada, chatId } = started
    await connected(app, async (client) => {
      await client.query(`select pg_advisory_lock(${LOCK})`)
      await app.write('seqs.mjs', noting({ first: waiting }))
      await (await app.projection('seqs')).rebuild()
      const blocked = `select from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`
      await eventually(async () => expect(await app.query(blocked)).to.have.length(1))
      expect(await app.untilStatus('seqs', 'rebuilding')).to.include({ generation: 1 })

      await send(app.parley, ada, chatId, 'four')
      await eventually(async () => expect(await rowsOf(app)).to.have.length(4))
      expect((await rowsOf(app)).map(({ note }) => note)).to.deep.equal([null, null, null, null])
    })
    const sizes = new Set<number>()
    await eventually(async () => {
      const rows = await rowsOf(app)
      sizes.add(rows.length)
      expect(rows[0]?.note).to.equal('again')
    })
    expect([...sizes], 'never a row less').to.deep.equal([4])
    expect((await rowsOf(app)).map(({ note }) => note)).to.deep.equal(['again', 'again', 'again', 'again'])
    await app.untilGeneration('seqs', 2)
    expect(await app.query(`select from pg_namespace where nspname ~ '^analytics_build_'`)).to.have.length(0)
    await send(app.parley, ada, chatId, 'five')
    await eventually(async () => expect(await rowsOf(app)).to.have.length(5))
  })

  it('that fails leaves the tables as they are, and up to date', async () => {
    await using started = await startWithMessages(1)
    const { app, ada, chatId } = started
    await app.write('seqs.mjs', 'export const version = ')
    await (await app.projection('seqs')).rebuild()
    const { failure } = await app.untilStatus('seqs', 'paused')
    expect(failure).to.include({ code: 'SyntaxError' })
    await send(app.parley, ada, chatId, 'two')
    await eventually(async () => expect(await rowsOf(app)).to.have.length(2))
    await app.write('seqs.mjs', noting())
    await (await app.projection('seqs')).retry()
    await app.untilGeneration('seqs', 2)
  })

  it('waits for a reader that holds the tables, and keeps no other reader waiting', async () => {
    await using started = await startWithMessages(1)
    const { app } = started
    await connected(app, async (client) => {
      await client.query('begin')
      await client.query('select * from analytics.seqs')
      await (await app.projection('seqs')).rebuild()
      const caughtUp = `select from analytics_build.checkpoints a join analytics_build.checkpoints b using (name, position) where a.generation < b.generation`
      await eventually(async () => expect(await app.query(caughtUp)).to.have.length(1))
      const lockTried = `select from pg_locks where mode = 'AccessExclusiveLock' and relation = 'analytics.seqs'::regclass`
      await eventually(async () => expect(await app.query(lockTried)).to.have.length(1))
      await client.query(`set local statement_timeout to '20s'`)
      expect(await rowsOf(app)).to.have.length(1)
      await client.query('commit')
    })
    await app.untilGeneration('seqs', 2)
  })

  it('is refused while one runs', async () => {
    await using started = await startWithMessages(1)
    const { app } = started
    await connected(app, async (client) => {
      await client.query(`select pg_advisory_lock(${LOCK})`)
      await app.write('seqs.mjs', noting({ first: waiting }))
      await (await app.projection('seqs')).rebuild()
      expect(await (await app.projection('seqs')).rebuild()).to.equal(false)
    })
  })
})

describe('two projections that create tables of one name', () => {
  const failing = seqsProjection({ first: `throw new RangeError('no')` })

  it('do not meet while they are built: a paused one blocks no other', async () => {
    await using app = await startAnalyticsApp({ 'broken.mjs': failing })
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    await app.untilStatus('broken', 'paused')
    await app.write('whole.mjs', seqsProjection())
    await app.untilStatus('whole', 'live')
    expect(await rowsOf(app)).to.have.length(1)
    await app.write('broken.mjs', seqsProjection())
    await (await app.projection('broken')).retry()
    const { failure } = await eventually(async () => {
      const found = await app.untilStatus('broken', 'paused')
      expect(found.failure).to.include({ code: 'name-taken' })
      return found
    })
    expect(failure?.message).to.match(/^analytics\.seqs exists already and is of the projection whole: /)
    expect(failure).to.include({ file: 'broken.mjs' })
  })
})

describe("the version of an analyst's projection", () => {
  it('builds the tables again where a start finds a higher one, and not where it finds a lower one', async () => {
    await using started = await startWithMessages(1)
    const { app, ada, chatId } = started
    await app.write('seqs.mjs', noting({ version: 2 }))
    await app.parley.restart(() => Promise.resolve(), app.parley.config)
    await app.untilGeneration('seqs', 2)
    expect((await rowsOf(app))[0]).to.include({ note: 'again' })

    await app.write('seqs.mjs', seqsProjection({ version: 1 }))
    await app.parley.restart(() => Promise.resolve(), app.parley.config)
    const { reason } = await app.untilStatus('seqs', 'stopped')
    expect(reason).to.match(/^its file has version 1, which is lower; parley projections rebuild seqs builds that$/)
    await send(app.parley, ada, chatId, 'two')
    expect(await rowsOf(app)).to.have.length(1)
    await (await app.projection('seqs')).rebuild()
    await app.untilGeneration('seqs', 3)
    expect((await rowsOf(app)).map(({ note }) => note)).to.deep.equal([null, null])
  })
})
