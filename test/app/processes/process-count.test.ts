import { expect } from 'chai'
import { poolSizes } from '../../../src/app/pool-sizes.js'
import { processCount } from '../../../src/app/processes/process-count.js'

const redisUrl = 'redis://127.0.0.1:6379'

describe('the number of processes', () => {
  it('is the one given, or that of the cores', () => {
    expect(processCount({ processes: 3, redisUrl }, 8)).to.deep.equal({ count: 3, note: null })
    expect(processCount({ processes: 'auto', redisUrl }, 8)).to.deep.equal({ count: 8, note: null })
  })

  it('is one where several were possible but for Redis, and says so', () => {
    expect(processCount({ processes: 'auto', redisUrl: null }, 1)).to.deep.equal({ count: 1, note: null })
    const { count, note } = processCount({ processes: 'auto', redisUrl: null }, 8)
    expect(count).to.equal(1)
    expect(note).to.match(/^PARLEY_PROCESSES=auto: one process on 8 cores, since several require REDIS_URL/)
  })

  it('divides the connections to the databases, down to what one process works with', () => {
    expect(poolSizes(1)).to.deep.equal({ main: 20, keys: 4, analytics: 4 })
    expect(poolSizes(2)).to.deep.equal({ main: 10, keys: 2, analytics: 2 })
    expect(poolSizes(16)).to.deep.equal({ main: 4, keys: 2, analytics: 2 })
  })
})
