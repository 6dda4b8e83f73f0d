import { expect } from 'chai'
import { createBuildBars } from '../../src/cli/projections/build-bars.js'
import type { ProjectionState } from '../../src/projections/engine/projection-states.js'

describe('the progress bars of builds', () => {
  const state = (name: string, done: number | null): ProjectionState =>
    ({
      name,
      rebuild: done === null ? null : { done, total: 200, eventsPerSecond: 49.6, secondsLeft: 61, comparing: false },
    }) as ProjectionState

  /** What is shown on a terminal. */
  function shown(json: boolean, isTerminal: boolean): string {
    const { stderr } = process
    const real = Object.getOwnPropertyDescriptor(process, 'stderr')!
    let text = ''
    const terminal = Object.assign(Object.create(stderr) as typeof stderr, {
      isTTY: isTerminal,
      write: (chunk: string | Uint8Array) => ((text += String(chunk)), true),
    })
    Object.defineProperty(process, 'stderr', { ...real, get: () => terminal })
    try {
      const bars = createBuildBars(json)
      bars.show([state('conversations', 50), state('revocations', null)])
      bars.show([state('conversations', 150)])
      bars.stop()
    } finally {
      Object.defineProperty(process, 'stderr', real)
    }
    return text
  }

  it('show events, rate and time left, one for each build', () => {
    const text = shown(false, true)
    expect(text).to.match(/conversations .* 75% \| 150\/200 \| 50\/s \| 1 min 1 s left/)
    expect(text).not.to.include('revocations')
  })

  it('are left out where nobody watches, and for machines', () => {
    expect(shown(false, false)).to.equal('')
    expect(shown(true, true)).to.equal('')
  })
})
