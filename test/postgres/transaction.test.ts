import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type pg from 'pg'
import { onFailure } from '../support/failure-report.js'
import { mainMigrations } from '../../src/app/migrations.js'
import { migrate, type Migration } from '../../src/postgres/migrate.js'
import { inSnapshot, inTransaction } from '../../src/postgres/transaction.js'
import { createJobs } from '../../src/previews/jobs.js'
import { openProjection } from '../../src/projections/engine/open-projection.js'
import type { Projection } from '../../src/projections/engine/projection.js'
import { startRunner } from '../../src/projections/engine/runner.js'
import { createDeliveries } from '../../src/webhooks/deliveries.js'
import { from, openIdentitySide, type IdentitySide } from '../identity/identity-side.js'
import { eventually } from '../support/eventually.js'
import { openWriteSide } from '../support/write-side.js'

const notes: Projection = {
  name: 'notes',
  version: 1,
  tables: ['notes'],
  schema: (table) => `create table ${table('notes')} (position text primary key)`,
  async apply(batch, tx, table) {
    for (const { position } of batch) await tx.query(`insert into ${table('notes')} values ($1)`, [position])
  },
}

/** Ends the server's side of the one connection that waits for a lock. */
async function cutWhoWaits(pool: pg.Pool): Promise<void> {
  await eventually(async () => {
    const { rowCount } = await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    )
    expect(rowCount).to.equal(1)
  })
}

/** Has `work` wait for a lock, cuts its connection meanwhile, and gives the error that `work` ends with. */
async function errorWhenCut(pool: pg.Pool, lock: string, work: () => Promise<unknown>): Promise<unknown> {
  const holder = await pool.connect()
  try {
    await holder.query(`begin; ${lock}`)
    const failed = work().then(
      () => null,
      (error: unknown) => error,
    )
    await cutWhoWaits(pool)
    return await failed
  } finally {
    await holder.query('rollback')
    holder.release()
  }
}

const lockRows = (table: string): string => `lock table ${table} in exclusive mode`

describe('a connection that is lost inside a transaction fails the caller and not the process', () => {
  let side: IdentitySide
  let pool: pg.Pool

  beforeEach(async () => {
    side = await openIdentitySide()
    pool = side.pool
    pool.on('error', () => undefined)
  })
  afterEach(() => side[Symbol.asyncDispose]())

  const expectLost = (error: unknown): void => {
    expect(error).to.be.instanceOf(Error)
    expect((error as Error).message).to.match(/terminating connection|Connection terminated|connection error/)
  }

  async function register() {
    const email = `${randomUUID()}@example.com`
    const account = await side.identity.accounts.register({ email, password: 'correct horse', name: 'Ada' })
    if ('code' in account) throw new Error(account.code)
    const login = { userId: account.userId, passwordChanges: account.passwordChanges }
    return { login, open: () => side.identity.sessions.open(login, from) }
  }

  it('between two statements', async () => {
    const failed = inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await new Promise((resolve) => tx.once('error', resolve))
      await tx.query('select 1')
    })
    await failed.then(() => expect.fail('committed'), expectNoQuery)
    expect((await pool.query('select 1')).rowCount).to.equal(1)
  })

  it('of a login', async () => {
    const { open } = await register()
    expectLost(await errorWhenCut(pool, lockRows('sessions'), open))
    expect(await open()).to.have.property('refreshToken')
  })

  it('of a refresh', async () => {
    const grant = await (await register()).open()
    const refresh = () => side.identity.sessions.refresh(grant?.refreshToken ?? '', null, from)
    expectLost(await errorWhenCut(pool, lockRows('refresh_tokens'), refresh))
    expect(await refresh()).to.have.property('refreshToken')
  })

  it('of a password change', async () => {
    const { login, open } = await register()
    const sessionId = (await open())?.sessionId ?? ''
    const passwords = { currentPassword: 'correct horse', newPassword: 'battery staple' }
    const change = () => side.identity.passwordChanges.change({ userId: login.userId, sessionId, ...passwords }, from)
    expectLost(await errorWhenCut(pool, lockRows('credentials'), change))
    expect(await change()).to.equal(null)
  })

  it('of the claim of a webhook', async () => {
    const claim = () => createDeliveries(pool).claim(1)
    expectLost(await errorWhenCut(pool, lockRows('webhook_deliveries'), claim))
    expect(await claim()).to.deep.equal([])
  })

  it('of the claim of a job', async () => {
    const claim = () => createJobs(pool).claim(1)
    expectLost(await errorWhenCut(pool, lockRows('link_preview_jobs'), claim))
    expect(await claim()).to.deep.equal([])
  })

  it('of a snapshot', async () => {
    const read = () => inSnapshot(pool, (tx) => tx.query('select from sessions'))
    expectLost(await errorWhenCut(pool, 'lock table sessions', read))
    expect((await read()).rowCount).to.equal(0)
  })

  it('of a migration', async () => {
    const addsColumn: Migration = {
      name: 'adds-a-column',
      up: (knex) => knex.schema.alterTable('sessions', (table) => void table.text('nickname')),
      down: (knex) => knex.schema.alterTable('sessions', (table) => void table.dropColumn('nickname')),
    }
    const { rows } = await pool.query<{ name: string }>('select current_database() as name')
    const { host, port, user, password } = pool.options
    const url =
      pool.options.connectionString ?? `postgres://${user}:${String(password)}@${host}:${port}/${rows[0]?.name}`
    const run = () => migrate(url, [...mainMigrations, addsColumn])
    expectLost(await errorWhenCut(pool, lockRows('sessions'), run))
    await run()
    expect((await pool.query('select nickname from sessions')).rowCount).to.equal(0)
  })

  it('of a batch of a projection, which then applies it', async () => {
    await using write = await openWriteSide()
    write.pool.on('error', () => undefined)
    const open = await openProjection(write.pool, notes, write.log)
    const failures: unknown[] = []
    const run = () =>
      startRunner(open, {
        log: write.log,
        pool: write.pool,
        report: onFailure((error) => failures.push(error)),
        options: { retryMs: 1 },
      })
    const holder = await write.pool.connect()
    await holder.query(`begin; ${lockRows('projections')}`)
    await using runner = run()
    await cutWhoWaits(write.pool)
    await eventually(() => expect(failures).to.have.length(1))
    await holder.query('rollback')
    holder.release()
    expect(await runner.progress.reached(await write.log.head(), { timeoutMs: 30_000 })).to.equal(true)
    expectLost(failures[0])
  })
})

const expectNoQuery = (error: unknown): void => {
  expect((error as Error).message).to.match(/not queryable|Connection terminated/)
}
