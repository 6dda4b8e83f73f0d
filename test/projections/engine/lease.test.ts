import { expect } from 'chai'
import pg from 'pg'
import { createLease, type Lease } from '../../../src/projections/engine/lease.js'
import { eventually } from '../../support/eventually.js'
import { createTestDatabase, execute, type TestDatabase } from '../../support/test-database.js'

const key = { name: 'notes', version: 1 }
const LONG = { leaseMs: 3_600_000 }

describe('the lease of a projection', () => {
  let database: TestDatabase
  let pool: pg.Pool
  const made: Lease[] = []

  before(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url })
  })
  afterEach(async () => {
    for (const lease of made.splice(0)) await lease[Symbol.asyncDispose]()
    await execute(database.url, 'delete from projection_leases')
  })
  after(async () => {
    await pool.end()
    await database[Symbol.asyncDispose]()
  })

  function lease(options = LONG, on = pool): Lease {
    const created = createLease(on, key, options)
    made.push(created)
    return created
  }

  const expire = () => execute(database.url, "update projection_leases set ends_at = '-infinity'")

  it('is one owner’s at a time, and stays it', async () => {
    const [first, second] = [lease(), lease()]
    expect(await first.claim()).to.equal(true)
    expect(await second.claim()).to.equal(false)
    expect(await first.claim()).to.equal(true)
    expect([first.epoch, second.epoch]).to.deep.equal([1, null])
  })

  it('goes to one of many that claim it at once', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, () => lease().claim()))
    expect(claims.filter((isOwner) => isOwner)).to.have.length(1)
  })

  it('is another’s once it has ended, under a higher epoch; its former owner learns that with its next claim', async () => {
    const [first, second] = [lease(), lease()]
    await first.claim()
    await expire()
    expect(await second.claim()).to.equal(true)
    expect(second.epoch).to.equal(2)
    expect(await first.claim()).to.equal(false)
    expect(first.epoch).to.equal(null)
  })

  it('is free at once when its owner gives it up', async () => {
    const [first, second] = [lease(), lease()]
    await first.claim()
    await first.giveUp()
    expect(first.epoch).to.equal(null)
    expect(await second.claim()).to.equal(true)
  })

  it('is free as soon as its owner has no connection left', async () => {
    const own = new pg.Pool({ connectionString: database.url, application_name: 'parley owner' })
    await lease(LONG, own).claim()
    const second = lease()
    expect(await second.claim()).to.equal(false)
    await own.end()
    await eventually(async () => expect(await second.claim()).to.equal(true))
  })

  it('that was lost is not taken back by renewing it: only a claim ends what the former owner left', async () => {
    const first = lease({ leaseMs: 20 })
    await first.claim()
    await execute(database.url, 'update projection_leases set owner = gen_random_uuid(), epoch = 9')
    await eventually(() => expect(first.epoch).to.equal(null))
    await expire()
    const owner = async () => (await execute<{ epoch: string }>(database.url, 'select epoch from projection_leases'))[0]
    for (let round = 0; round < 20; round++) expect(await owner()).to.deep.equal({ epoch: '9' })
    expect(first.epoch).to.equal(null)
    expect(await first.claim()).to.equal(true)
  })

  it('is renewed while its owner lives, and says so where it was lost', async () => {
    const first = lease({ leaseMs: 40 })
    await first.claim()
    const endsAt = async () =>
      (await execute<{ ends_at: Date }>(database.url, 'select ends_at from projection_leases'))[0]?.ends_at
    const before = await endsAt()
    await eventually(async () => expect(await endsAt()).to.be.above(before!))
    await execute(
      database.url,
      "update projection_leases set owner = gen_random_uuid(), epoch = 9, ends_at = 'infinity'",
    )
    await eventually(() => expect(first.epoch).to.equal(null))
  })
})
