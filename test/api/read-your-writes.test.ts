import { expect } from 'chai'
import { createReadYourWrites } from '../../src/api/read-your-writes.js'
import { UnknownPositionError } from '../../src/eventstore/event-log.js'
import { createOwnWrites } from '../../src/projections/engine/own-writes.js'
import { createProgress } from '../../src/followers/progress.js'

/** Positions of a made-up log: `a.` and a number. */
const comparePositions = (a: string, b: string): number => numberOf(a) - numberOf(b)

function numberOf(position: string): number {
  if (!position.startsWith('a.')) throw new UnknownPositionError(position)
  return Number(position.slice(2))
}

function setUp(timeoutMs = 2_000) {
  const progress = createProgress('a.0', comparePositions)
  const ownWrites = createOwnWrites(comparePositions)
  const elsewhere = new Map<string, string>()
  const sharedWrites = { lastOf: (userId: string) => Promise.resolve(elsewhere.get(userId) ?? null) }
  const deps = { progress, ownWrites, sharedWrites, comparePositions, head: () => Promise.resolve('a.9') }
  const reads = createReadYourWrites(deps, timeoutMs)
  return { progress, ownWrites, elsewhere, reads }
}

async function refusalOf(refused: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await refused
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was refused')
}

const codeOf = async (refused: Promise<unknown>): Promise<string> => {
  const { code, name } = await refusalOf(refused)
  return code ?? name
}

describe('a query', () => {
  it('does not wait when nothing was written and no position is named', async () => {
    const { reads } = setUp()
    expect(await reads.fresh('ann', {})).to.equal(true)
  })

  it('waits for the user’s last command on another node', async () => {
    const { reads, elsewhere, progress } = setUp(5)
    elsewhere.set('ann', 'a.5')
    expect(await codeOf(reads.fresh('ann', {}))).to.equal('projection-behind')
    progress.moveTo('a.5')
    expect(await reads.fresh('ann', {})).to.equal(true)
  })

  it('waits for the last command of the same user only', async () => {
    const { reads, ownWrites, progress } = setUp()
    ownWrites.note('ann', 'a.5')
    expect(await reads.fresh('ben', {})).to.equal(true)
    const waiting = reads.fresh('ann', {})
    progress.moveTo('a.5')
    expect(await waiting).to.equal(true)
    expect(ownWrites.of('ann')).to.equal(null)
  })

  it('waits for the position of the request, and forgets an earlier own command', async () => {
    const { reads, ownWrites, progress } = setUp()
    ownWrites.note('ann', 'a.3')
    const waiting = reads.fresh('ann', { 'parley-position': 'a.7' })
    progress.moveTo('a.7')
    expect(await waiting).to.equal(true)
    expect(ownWrites.of('ann')).to.equal(null)
  })

  it('refuses a position beyond the log or of another log', async () => {
    const { reads } = setUp()
    expect(await codeOf(reads.fresh('ann', { 'parley-position': 'a.10' }))).to.equal('unknown-position')
    expect(await codeOf(reads.fresh('ann', { 'parley-position': 'b.1' }))).to.equal('unknown-position')
  })

  it('is refused when that takes too long, unless a stale answer is accepted; the own command is still waited for later', async () => {
    const { reads, ownWrites } = setUp(20)
    ownWrites.note('ann', 'a.5')
    const [refused, isFresh] = await Promise.all([
      codeOf(reads.fresh('ann', {})),
      reads.fresh('ann', { prefer: 'respond-async, Stale-OK' }),
    ])
    expect(refused).to.equal('projection-behind')
    expect(isFresh).to.equal(false)
    expect(ownWrites.of('ann')).to.equal('a.5')
  })
})

describe('a command whose result is read', () => {
  it('is answered as done when its result cannot be read in time', async () => {
    const { reads } = setUp(20)
    const error = await refusalOf(reads.written('a.5'))
    expect(error).to.have.property('code', 'projection-behind')
    expect(error.message).to.match(/is done/)
  })
})
