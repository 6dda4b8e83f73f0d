import { expect } from 'chai'
import { DatabaseError } from 'pg'
import type pg from 'pg'
import { UnavailableError } from '../../src/async/unavailable-error.js'
import { DatabaseUnavailableError, typedError } from '../../src/postgres/database-unavailable-error.js'
import { createPool } from '../../src/postgres/pool.js'
import { inTransaction } from '../../src/postgres/transaction.js'
import { openBreakableProxy, type BreakableProxy } from '../support/breakable-proxy.js'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof DatabaseUnavailableError)) throw error
      return error.code
    },
  )

describe('a pool whose database cannot serve throws DatabaseUnavailableError', () => {
  let database: TestDatabase
  let proxy: BreakableProxy
  let pool: pg.Pool

  beforeEach(async () => {
    database = await createTestDatabase()
    proxy = await openBreakableProxy(database.url)
    pool = createPool({ connectionString: proxy.url, max: 1, timeoutMs: 2_000 })
  })
  afterEach(async () => {
    proxy.restore()
    await pool.end()
    await proxy[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const write = (): Promise<unknown> => pool.query("insert into followers (name, position) values ('a', '1')")
  const inside = (): Promise<unknown> => inTransaction(pool, (tx) => tx.query('delete from followers'))

  it('when it is unavailable: for statements, transactions and callbacks', async () => {
    await write()
    proxy.cut()
    expect(await codeOf(inside())).to.be.oneOf(['no-connection', 'ECONNRESET'])
    expect(await codeOf(write())).to.be.oneOf(['no-connection', 'ECONNRESET'])
    const error = await new Promise((resolve) => pool.connect(resolve))
    expect(error).to.be.instanceOf(UnavailableError)
    proxy.restore()
    await inside()
  })

  it('when it becomes unavailable under a statement, whether the connection is cut or ended', async () => {
    const underWay = codeOf(pool.query('select pg_sleep(60)'))
    await eventually(async () => expect(await execute(database.url, SLEEPING)).to.have.length(1))
    proxy.cut()
    expect(await underWay).to.be.oneOf(['no-connection', 'ECONNRESET'])
    proxy.restore()
    const ended = codeOf(pool.query('select pg_terminate_backend(pg_backend_pid())'))
    expect(await ended).to.be.oneOf(['no-connection', 'ECONNRESET', '57P01'])
  })

  it('when nothing listens there', async () => {
    const url = new URL(database.url)
    url.port = '9'
    const nowhere = createPool({ connectionString: url.href, max: 1 })
    expect(await codeOf(nowhere.query('select 1'))).to.equal('ECONNREFUSED')
    await nowhere.end()
  })

  it('when it hangs: for statements, transactions and new connections, each within its time', async () => {
    await write()
    proxy.swallow()
    expect(await codeOf(inside())).to.equal('no-connection')
    expect(await codeOf(write())).to.equal('no-connection')
  })

  it('when it is read-only', async () => {
    await pool.query('set default_transaction_read_only to on')
    expect(await codeOf(write())).to.equal('25006')
  })

  it('when it takes no more connections', async () => {
    const role = `limited_${Date.now()}`
    await execute(database.url, `create role ${role} login password 'x' connection limit 0`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'x'
    const limited = createPool({ connectionString: url.href, max: 1 })
    expect(await codeOf(limited.query('select 1'))).to.equal('53300')
    await limited.end()
    await execute(database.url, `drop role ${role}`)
  })

  it('when a statement takes too long', async () => {
    expect(await codeOf(pool.query('select pg_sleep(60)'))).to.be.oneOf(['57014', 'no-connection'])
  })

  it('when all its connections stay in use', async () => {
    const client = await pool.connect()
    expect(await codeOf(pool.query('select 1'))).to.equal('no-connection')
    client.release()
  })

  it('when its disk is full or fails, or it lost a race, by SQLSTATE', () => {
    for (const code of ['53100', '53200', '58030', '40001', '40P01', '57P01', '57P03', '08006', '28P01', '3D000'])
      expect(typedError(withState(code)), code)
        .to.be.instanceOf(DatabaseUnavailableError)
        .and.include({ code })
  })

  it('but not for an error of the statement, which is passed on', async () => {
    for (const code of ['23505', '42601', '22P02', 'XX000']) {
      const error = withState(code)
      expect(typedError(error)).to.equal(error)
    }
    const error = await pool.query('select nonsense').catch((failure: unknown) => failure)
    expect(error).to.be.instanceOf(DatabaseError).and.include({ code: '42703' })
  })
})

const SLEEPING = `select from pg_stat_activity where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()`

const withState = (code: string): Error => Object.assign(new DatabaseError('refused', 0, 'error'), { code })
