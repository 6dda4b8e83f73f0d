import { expect } from 'chai'
import { checkClock } from '../../src/cli/doctor/check-clock.js'
import { checkDisk } from '../../src/cli/doctor/check-disk.js'
import { checkNode } from '../../src/cli/doctor/check-node.js'
import { checkPostgres } from '../../src/cli/doctor/check-postgres.js'
import { checkRedis } from '../../src/cli/doctor/check-redis.js'
import { openTestRedis } from '../support/redis.js'
import { startOwnPostgres } from '../support/own-postgres.js'
import { Pool } from 'pg'

describe('the checks of parley doctor', function () {
  this.timeout(120_000)

  it('a clock that is ahead or behind by more than a second is a warning', async () => {
    const at = (skew: number) => checkClock('Postgres', () => Promise.resolve(Date.now() + skew))
    expect((await at(0)).status).to.equal('ok')
    expect((await at(60_000)).message).to.match(/^its clock is (59|60)\d{3} ms ahead: synchronise both by NTP$/)
    expect((await at(-60_000)).message).to.match(/^its clock is (59|60)\d{3} ms behind/)
  })

  it('Node is too old, slow, or as it should be', () => {
    expect(
      [checkNode('18.20.4'), checkNode('20.18.9'), checkNode('20.19.0'), checkNode('24.1.0')].map(
        ({ status }) => status,
      ),
    ).to.deep.equal(['failed', 'failed', 'warning', 'ok'])
  })

  it('a disk is looked at where there is the folder', async () => {
    expect(await checkDisk('/no/such/folder')).to.deep.equal([])
    const [found] = await checkDisk('.')
    expect(found!.message).to.match(/GiB free \(\d+ %\) at \./)
  })

  it('a Postgres that may lose what it acknowledged, or takes no writes, has failed', async () => {
    await using postgres = await startOwnPostgres()
    const pool = new Pool({ connectionString: postgres.adminUrl, max: 1 })
    try {
      const statuses = async (): Promise<string[]> =>
        (await checkPostgres('main database', pool)).map(
          ({ status, message }) => `${status}: ${message.split(':')[0]!}`,
        )
      expect((await statuses())[0]).to.equal('failed: fsync or full_page_writes is off')
      await pool.query('set default_transaction_read_only = on')
      await pool.query('set synchronous_commit = off')
      expect((await statuses()).slice(0, 3)).to.deep.equal([
        'failed: it is read-only',
        'failed: fsync or full_page_writes is off',
        'warning: synchronous_commit is off',
      ])
    } finally {
      await pool.end()
    }
  })

  it('a Redis that answers has its clock compared', async function () {
    await using redis = await openTestRedis()
    if (redis === null) return this.skip()
    const found = await checkRedis(redis.url)
    expect(found.map(({ status }) => status)).to.deep.equal(['ok', 'ok'])
    expect(found[0]!.message).to.match(/^answers in \d+ ms$/)
  })
})
