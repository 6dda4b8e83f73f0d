import { expect } from 'chai'
import fc from 'fast-check'
import { createTurnBarrier } from '../../src/async/turn-barrier.js'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('A barrier per turn of the event loop', () => {
  it('shares one promise among all callers of a turn, and gives those of the next turn another', async () => {
    const barrier = createTurnBarrier()
    const first = barrier()
    await Promise.resolve()
    expect(barrier()).to.equal(first)
    await first
    expect(barrier()).not.to.equal(first)
  })

  it('lets callers go on in the order of their calls, none before the last caller of its turn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(5), { maxLength: 8 }), { maxLength: 6 }), async (turns) => {
        const barrier = createTurnBarrier()
        const called: number[] = []
        const passed: number[] = []
        const all: Promise<void>[] = []
        for (const callers of turns) {
          for (const microtasks of callers) {
            for (let left = microtasks; left > 0; left--) await Promise.resolve() // still the same turn
            const caller = called.push(called.length) - 1
            all.push(barrier().then(() => void passed.push(caller)))
          }
          expect(passed).to.have.length(called.length - callers.length)
          await nextTurn()
          expect(passed).to.deep.equal(called)
        }
        await Promise.all(all)
      }),
    )
  })
})
