import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { createSignal } from '../../src/async/signal.js'

describe('A signal', () => {
  const NEVER_MS = 3_600_000

  it('wakes all who wait', async () => {
    const signal = createSignal()
    const waiting = [signal.wait(signal.count), signal.wait(signal.count, NEVER_MS)]
    signal.notify()
    await Promise.all(waiting)
  })

  it('does not lose a ring between looking and waiting', async () => {
    const signal = createSignal()
    const { count } = signal
    signal.notify()
    await signal.wait(count)
  })

  it('wakes by its timer when nobody rings', async () => {
    const signal = createSignal()
    await signal.wait(signal.count, 1)
  })

  it('wakes when the signal aborts or has aborted, and leaves nothing on it', async () => {
    const signal = createSignal()
    const controller = new AbortController()
    const waiting = signal.wait(signal.count, NEVER_MS, controller.signal)
    controller.abort()
    await waiting
    await signal.wait(signal.count, NEVER_MS, controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([])
  })
})
