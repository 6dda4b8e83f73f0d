import { expect } from 'chai'
import { createLocalPresence } from '../../../src/realtime/presence/local-presence.js'
import type { PresenceListener } from '../../../src/realtime/presence/presence.js'
import { pushPresence } from '../../../src/realtime/presence/push-presence.js'
import { eventually } from '../../support/eventually.js'

const clock = () => new Date('2026-01-02T03:04:05Z')

describe('pushes of presence', () => {
  function setUp(gatherMs: number, isShown = () => true) {
    const store = createLocalPresence(clock)
    const sent: [userId: string, isOnline: boolean, chatIds: readonly string[]][] = []
    const failures: unknown[] = []
    let failing = 0
    const pushes = pushPresence({
      store,
      audienceOf(userId) {
        if (failing > 0) return Promise.reject(new Error(`failure ${failing--}`))
        return Promise.resolve({ chatIds: [`chat of ${userId}`], isShown: isShown() })
      },
      send: ({ userId, isOnline }, chatIds) => void sent.push([userId, isOnline, chatIds]),
      report: { onFailure: (_name, error) => void failures.push(error), onRecovery: () => undefined },
      gatherMs,
    })
    return { store, sent, failures, fail: () => (failing = 1), pushes }
  }

  it('go to the chats of who came online or went', async () => {
    const { store, sent, pushes } = setUp(0)
    store.connected({ userId: 'ada', socketId: 'phone' })
    await eventually(() => expect(sent).to.deep.equal([['ada', true, ['chat of ada']]]))
    store.disconnected({ userId: 'ada', socketId: 'phone' })
    await eventually(() => expect(sent.slice(1)).to.deep.equal([['ada', false, ['chat of ada']]]))
    await pushes[Symbol.asyncDispose]()
  })

  it('are none of a user who reconnects at once', async () => {
    const { store, sent, pushes } = setUp(20)
    store.connected({ userId: 'ada', socketId: 'phone' })
    await eventually(() => expect(sent).to.have.length(1))
    store.disconnected({ userId: 'ada', socketId: 'phone' })
    store.connected({ userId: 'ada', socketId: 'phone again' })
    store.connected({ userId: 'bob', socketId: 'laptop' })
    await eventually(() => expect(sent.map(([userId]) => userId)).to.deep.equal(['ada', 'bob']))
    await pushes[Symbol.asyncDispose]()
  })

  it('show users who do not show it as offline, from the change of that setting', async () => {
    let isShown = true
    const { store, sent, pushes } = setUp(0, () => isShown)
    store.connected({ userId: 'ada', socketId: 'phone' })
    await eventually(() => expect(sent.splice(0)).to.deep.equal([['ada', true, ['chat of ada']]]))
    isShown = false
    pushes.settingChanged('ada')
    await eventually(() => expect(sent.splice(0)).to.deep.equal([['ada', false, ['chat of ada']]]))
    isShown = true
    pushes.settingChanged('ada')
    await eventually(() => expect(sent.splice(0)).to.deep.equal([['ada', true, ['chat of ada']]]))
    await pushes[Symbol.asyncDispose]()
  })

  it('are made for those who went unnoticed, when the store lost its data', async () => {
    const online = new Set(['ada', 'bob'])
    const sent: [userId: string, isOnline: boolean][] = []
    const listeners: PresenceListener[] = []
    const read = (userIds: readonly string[]) =>
      Promise.resolve(
        userIds.map((userId) => ({ userId, isOnline: online.has(userId), lastSeen: null, deviceCount: 0 })),
      )
    const pushes = pushPresence({
      store: { read, listen: (listener) => void listeners.push(listener) },
      audienceOf: () => Promise.resolve({ chatIds: [], isShown: true }),
      send: ({ userId, isOnline }) => void sent.push([userId, isOnline]),
      report: { onFailure: () => undefined, onRecovery: () => undefined },
      gatherMs: 0,
    })
    for (const { onChanged } of listeners) for (const userId of online) onChanged(userId)
    await eventually(() => expect(sent.splice(0)).to.have.length(2))
    online.delete('bob')
    for (const { onForgotten } of listeners) onForgotten()
    await eventually(() => expect(sent).to.deep.equal([['bob', false]]))
    await pushes[Symbol.asyncDispose]()
  })

  it('are repeated after a failure, which is reported', async () => {
    const { store, sent, failures, fail, pushes } = setUp(0)
    fail()
    store.connected({ userId: 'ada', socketId: 'phone' })
    await eventually(() => expect(sent).to.deep.equal([['ada', true, ['chat of ada']]]))
    expect(failures.map(String)).to.deep.equal(['Error: failure 1'])
    await pushes[Symbol.asyncDispose]()
  })
})
