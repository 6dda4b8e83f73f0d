import { expect } from 'chai'
import { createBackground } from '../../src/identity/background.js'

describe('work after the answer', () => {
  it('is awaited by the stop alone; a failure is logged as a code', async () => {
    const warnings: object[] = []
    const background = createBackground({ warn: (_message, about) => warnings.push(about) })
    let finish = (): void => undefined
    let isDone = false
    const finished = new Promise<void>((resolve) => (finish = resolve))
    background.run('slow', async () => {
      await finished
      isDone = true
    })
    background.run('bad', () => Promise.reject(Object.assign(new Error('to ada@example.com'), { code: 'EX' })))
    expect(isDone).to.equal(false)
    const ended = background[Symbol.asyncDispose]()
    finish()
    await ended
    expect(isDone).to.equal(true)
    expect(warnings).to.deep.equal([{ work: 'bad', cause: 'EX' }])
  })

  it('is dropped and reported where a thousand already wait', async () => {
    const dropped: string[] = []
    const background = createBackground({ warn: (message) => dropped.push(message) })
    let done = 0
    let open = (): void => undefined
    const held = new Promise<void>((resolve) => (open = resolve))
    const work = async (): Promise<void> => {
      await held
      done++
    }
    for (let n = 0; n < 1_002; n++) background.run('work', work)
    expect(dropped).to.have.length(2)
    open()
    await background[Symbol.asyncDispose]()
    expect(done).to.equal(1_000)
  })
})
