import { expect } from 'chai'
import { createTyping } from '../../packages/client/src/people/typing.js'
import { createReleases } from '../../src/app/release.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { createGroup, registerClient, type Registered } from './clients.js'

describe('what a client shows of other users', () => {
  let releases = createReleases()
  let parley: TestApp
  let ada: Registered
  let bob: Registered
  let chatId: string

  beforeEach(async () => {
    releases = createReleases()
    parley = releases.add(await startTestApp())
    ada = await registerClient(parley.app.url, 'ada', releases)
    bob = await registerClient(parley.app.url, 'bob', releases)
    chatId = await createGroup(ada, bob)
    await ada.client.connect()
  })
  afterEach(() => releases[Symbol.asyncDispose]())

  it('whether they are online, and when they no longer are', async () => {
    const { presence } = ada.client
    const changes: boolean[] = []
    presence.onChange(({ userId, isOnline }) => userId === bob.id && changes.push(isOnline))
    await presence.watch([bob.id])
    expect(presence.of(bob.id)).to.deep.include({ userId: bob.id, isOnline: false })
    await bob.client.connect()
    await eventually(() => expect(presence.of(bob.id)).to.include({ isOnline: true }))
    bob.client.close()
    await eventually(() => expect(presence.of(bob.id)).to.include({ isOnline: false }))
    await eventually(() => expect(presence.of(bob.id)?.lastSeen).to.be.a('string'))
    expect(changes.slice(0, 2)).to.deep.equal([false, true])
  })

  it('nothing of users who are not watched, and nothing after it was stopped', async () => {
    const { presence } = ada.client
    await presence.watch([bob.id])
    presence.unwatch([bob.id])
    expect(presence.of(bob.id)).to.equal(null)
  })

  it('who types, until their message comes', async () => {
    await bob.client.connect()
    bob.client.typing.announce(chatId)
    await eventually(() => expect(ada.client.typing.in(chatId)).to.deep.equal([bob.id]))
    await bob.client.send(chatId, { content: 'typed' }).sent
    await eventually(() => expect(ada.client.typing.in(chatId)).to.deep.equal([]))
  })

  it('announces typing at most once in three seconds', () => {
    const told: object[] = []
    let now = 0
    const connection = { tell: (_: string, payload: object) => void told.push(payload) }
    const typing = createTyping({ connection, feed: ada.client.feed, now: () => now })
    for (now = 0; now <= 9_000; now += 500) typing.announce(chatId)
    typing.stop()
    expect(told).to.deep.equal([{ chatId }, { chatId }, { chatId }, { chatId }])
  })
})
