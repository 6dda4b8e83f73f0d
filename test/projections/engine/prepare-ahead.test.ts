import { expect } from 'chai'
import type { RecordedEvent } from '../../../src/eventstore/event-log.js'
import { prepareAhead } from '../../../src/projections/engine/prepare-ahead.js'

describe('What a projection prepares ahead', () => {
  const events = Array.from({ length: 450 }, (_, index) => ({ position: String(index) }) as RecordedEvent)

  it('is prepared in order, and other work goes between', async () => {
    const prepared: RecordedEvent[] = []
    const seen: number[] = []
    const watching = (): void => {
      seen.push(prepared.length)
      if (prepared.length < events.length) setImmediate(watching)
    }
    setImmediate(watching)
    const prepare = (some: readonly RecordedEvent[]) => Promise.resolve(prepared.push(...some))
    await prepareAhead({ prepare }, events)
    expect(prepared).to.deep.equal(events)
    expect(new Set(seen)).to.deep.equal(new Set([200, 400, 450]))
  })

  it('fails nothing where it fails: who applies the events meets the same failure', async () => {
    let calls = 0
    const prepare = () => Promise.reject(new Error(`call ${++calls}`))
    await prepareAhead({ prepare }, events)
    expect(calls).to.equal(1)
  })
})
