import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { createBell } from '../../src/eventstore/bell.js'

describe('A bell', () => {
  const NEVER_MS = 3_600_000

  it('wakes all who wait', async () => {
    const bell = createBell()
    const waiting = [bell.wait(bell.rings), bell.wait(bell.rings, NEVER_MS)]
    bell.ring()
    await Promise.all(waiting)
  })

  it('does not lose a ring between looking and waiting', async () => {
    const bell = createBell()
    const { rings } = bell
    bell.ring()
    await bell.wait(rings)
  })

  it('wakes by its timer when nobody rings', async () => {
    const bell = createBell()
    await bell.wait(bell.rings, 1)
  })

  it('wakes when the signal aborts or has aborted, and leaves nothing on it', async () => {
    const bell = createBell()
    const controller = new AbortController()
    const waiting = bell.wait(bell.rings, NEVER_MS, controller.signal)
    controller.abort()
    await waiting
    await bell.wait(bell.rings, NEVER_MS, controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([])
  })
})
