import { expect } from 'chai'
import { createReadiness } from '../../src/app/readiness/readiness.js'

type Parts = Parameters<typeof createReadiness>[0]

const partsWith = (query: () => Promise<unknown>): Parts =>
  ({
    log: { kind: 'postgres', head: () => Promise.resolve('log.1') },
    pool: { query },
    keys: { query: () => Promise.resolve() },
    disk: () => Promise.resolve(),
    audit: () => Promise.resolve(),
    lagOf: () => Promise.resolve({ events: 0, seconds: 0 }),
    runners: [],
    analysts: () => Promise.resolve([]),
    realtime: () => ({ status: 'live', position: 'log.1', reason: null }),
    redis: null,
  }) as unknown as Parts

describe('/readyz without a token', () => {
  it('gives the reason of an outage as a code, without host, database or user', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432 as parley'), { code: 'ECONNREFUSED' })
    const plain = new Error('password authentication failed for user "parley"')
    const reasons = await Promise.all(
      [refused, plain].map(
        async (error) => (await createReadiness(partsWith(() => Promise.reject(error)))()).components,
      ),
    )
    expect(reasons.map(({ postgres }) => postgres.reason)).to.deep.equal(['ECONNREFUSED', 'no connection'])
  })

  it('checks each component once for concurrent requests', async () => {
    let asked = 0
    const readiness = createReadiness(partsWith(() => Promise.resolve(asked++)))
    await Promise.all(Array.from({ length: 100 }, () => readiness()))
    expect(asked).to.equal(1)
    await readiness()
    expect(asked).to.equal(2)
  })
})
