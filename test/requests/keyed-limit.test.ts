import { expect } from 'chai'
import { createKeyedLimit } from '../../src/requests/keyed-limit.js'
import type { RequestRefused } from '../../src/requests/request-refused.js'

/** Reads that end when they are told to. */
function setUp(more: { waitingInAll?: number } = {}) {
  const run = createKeyedLimit({ perKey: 2, waitingPerKey: 3, inAll: 3, ...more })
  const running: { userId: string; end: () => void }[] = []
  const read = (userId: string): Promise<string> =>
    run(userId, () => new Promise((resolve) => running.push({ userId, end: () => resolve(userId) })))
  return { read, running, who: () => running.map(({ userId }) => userId) }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('requests that are limited per user', () => {
  it('of one user run two at once, the others after them in order', async () => {
    const { read, running, who } = setUp()
    const reads = [read('ann'), read('ann'), read('ann')]
    await nextTurn()
    expect(who()).to.deep.equal(['ann', 'ann'])
    running[0]?.end()
    await nextTurn()
    expect(who()).to.have.length(3)
    for (const { end } of running) end()
    expect(await Promise.all(reads)).to.have.length(3)
  })

  it('leave slots for others, within the limit of the node', async () => {
    const { read, running, who } = setUp()
    const reads = ['ann', 'ann', 'ann', 'ben', 'cid'].map((userId) => read(userId))
    await nextTurn()
    expect(who()).to.deep.equal(['ann', 'ann', 'ben'])
    while (who().length < 5) {
      for (const { end } of running) end()
      await nextTurn()
    }
    for (const { end } of running) end()
    await Promise.all(reads)
  })

  it('are refused where too many of the user wait, and accepted again when they are done', async () => {
    const { read, running } = setUp()
    const reads = Array.from({ length: 5 }, () => read('ann'))
    await nextTurn()
    const refused = await read('ann').catch((error: unknown) => error)
    expect((refused as RequestRefused).reason).to.deep.equal({ code: 'too-busy' })
    while (running.length < 5) {
      for (const { end } of running) end()
      await nextTurn()
    }
    for (const { end } of running) end()
    await Promise.all(reads)
    const again = read('ann')
    await nextTurn()
    running.at(-1)?.end()
    expect(await again).to.equal('ann')
  })

  it('are refused where too many of all users wait, and accepted again when one is done', async () => {
    const { read, running } = setUp({ waitingInAll: 1 })
    const reads = ['ann', 'ben', 'cid', 'dan'].map((userId) => read(userId))
    await nextTurn()
    const refused = await read('eve').catch((error: unknown) => error)
    expect((refused as RequestRefused).reason).to.deep.equal({ code: 'too-busy' })
    running[0]?.end()
    await reads[0]
    reads.push(read('eve'))
    while (running.length < 5) {
      for (const { end } of running) end()
      await nextTurn()
    }
    for (const { end } of running) end()
    expect(await Promise.all(reads)).to.deep.equal(['ann', 'ben', 'cid', 'dan', 'eve'])
  })

  it('that fail free their slot', async () => {
    const run = createKeyedLimit({ perKey: 1, waitingPerKey: 1, inAll: 1 })
    for (let time = 0; time < 5; time++)
      expect(await run('ann', () => Promise.reject(new Error('gone'))).catch(String)).to.equal('Error: gone')
    expect(await run('ann', () => Promise.resolve('done'))).to.equal('done')
  })
})
