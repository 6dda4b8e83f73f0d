import { expect } from 'chai'
import { createBoundedCache } from '../../src/async/bounded-cache.js'

describe('a bounded cache', () => {
  it('holds as many entries as it may, and drops the one that was used least recently', () => {
    const cache = createBoundedCache<string, number>(3)
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index)
    cache.get('a')
    cache.set('d', 3)
    expect([...cache.keys()].sort()).to.deep.equal(['a', 'c', 'd'])
  })

  it('reserves no memory for entries that it does not hold', () => {
    const before = process.memoryUsage().heapUsed
    const caches = Array.from({ length: 100 }, () => createBoundedCache<string, number>(50_000))
    expect(process.memoryUsage().heapUsed - before).to.be.lessThan(20_000_000)
    expect(caches).to.have.length(100)
  })
})
