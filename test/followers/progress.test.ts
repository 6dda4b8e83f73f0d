import { expect } from 'chai'
import { createOwnWrites } from '../../src/projections/engine/own-writes.js'
import { createProgress } from '../../src/followers/progress.js'

const byNumber = (a: string, b: string): number => Number(a) - Number(b)

describe('waiting for a projection', () => {
  it('ends at once for an examined position', async () => {
    expect(await createProgress('5', byNumber).reached('5')).to.equal(true)
  })

  it('ends when the position is examined, and not before', async () => {
    const progress = createProgress('0', byNumber)
    const told: string[] = []
    const waits = ['1', '2'].map((position) => progress.reached(position).then(() => told.push(position)))
    progress.moveTo('1')
    await waits[0]
    expect(told).to.deep.equal(['1'])
    progress.moveTo('3')
    await Promise.all(waits)
    expect(told).to.deep.equal(['1', '2'])
  })

  it('ends with false when it takes too long', async () => {
    expect(await createProgress('0', byNumber).reached('1', { timeoutMs: 1 })).to.equal(false)
  })

  it('ends with false when it is aborted, before or while it waits', async () => {
    const progress = createProgress('0', byNumber)
    expect(await progress.reached('1', { signal: AbortSignal.abort() })).to.equal(false)
    const stop = new AbortController()
    const waiting = progress.reached('1', { signal: stop.signal })
    stop.abort()
    expect(await waiting).to.equal(false)
  })

  it('is true for an examined position, although aborted', async () => {
    expect(await createProgress('1', byNumber).reached('1', { signal: AbortSignal.abort() })).to.equal(true)
  })

  it('never moves back', () => {
    const progress = createProgress('0', byNumber)
    progress.moveTo('3')
    progress.moveTo('2')
    expect(progress.position).to.equal('3')
  })
})

describe("a user's own writes", () => {
  it('are remembered by their last position, in any order', () => {
    const writes = createOwnWrites(byNumber)
    writes.note('alice', '7')
    writes.note('alice', '5')
    expect(writes.of('alice')).to.equal('7')
    expect(writes.of('bob')).to.equal(null)
  })

  it('are forgotten once examined, but not for a later one', () => {
    const writes = createOwnWrites(byNumber)
    writes.note('alice', '7')
    writes.examined('alice', '5')
    expect(writes.of('alice')).to.equal('7')
    writes.examined('alice', '7')
    expect(writes.of('alice')).to.equal(null)
  })

  it('are limited in number: the least recently used are forgotten first', () => {
    const writes = createOwnWrites(byNumber, 2)
    for (const user of ['alice', 'bob', 'carol']) writes.note(user, '1')
    expect(writes.of('alice')).to.equal(null)
    expect(writes.of('carol')).to.equal('1')
  })
})
