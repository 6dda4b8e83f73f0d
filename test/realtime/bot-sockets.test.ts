import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import { createBotSockets, type BotSocketEnd } from '../../src/realtime/bot-sockets.js'
import type { RealtimeSocket } from '../../src/realtime/protocol.js'
import type { Authenticate } from '../../src/requests/authenticate.js'
import { RequestRefused } from '../../src/requests/request-refused.js'
import { eventually } from '../support/eventually.js'

const identity = {
  userId: 'bot',
  sessionId: 'token',
  roles: [],
  generation: 0,
  authTime: new Date(0),
  expiresAt: new Date(0),
  chatIds: new Set(['a']),
}

/** As much of a socket as watching it takes. */
const botSocket = () =>
  Object.assign(new EventEmitter(), { connected: true, data: { claims: identity } }) as unknown as RealtimeSocket &
    EventEmitter

describe('the check of tokens of connected bots', () => {
  /** A bot's socket, and why it was ended. */
  function watched(authenticate: Authenticate, now?: () => number) {
    const ends: BotSocketEnd[] = []
    const socket = botSocket()
    const disconnect = (_: RealtimeSocket, why: BotSocketEnd): void => void ends.push(why)
    createBotSockets({ authenticate, disconnect, checkMs: 1, ...(now && { now }) }).watch(socket, 'secret')
    return { socket, ends }
  }
  const refused = (code: string) => () => Promise.reject(new RequestRefused({ code }))

  it('ends the socket once, with the code of the refusal', async () => {
    const { ends } = watched(refused('invalid-token'))
    await eventually(() => expect(ends).to.deep.equal([{ code: 'invalid-token' }]))
  })

  it('ends it when the token is bound to other chats', async () => {
    const { ends } = watched(() => Promise.resolve({ ...identity, chatIds: new Set(['b']) }))
    await eventually(() => expect(ends).to.deep.equal(['chats-changed']))
  })

  it('keeps it while the token cannot be verified for a while, and ends it after ten seconds', async () => {
    let now = 0
    let asked = 0
    const unknown = refused('revocation-unknown')
    const { ends } = watched(
      () => {
        asked++
        return unknown()
      },
      () => now,
    )
    now = 10_000
    await eventually(() => expect(asked).to.be.above(2))
    expect(ends).to.deep.equal([])
    now = 10_001
    await eventually(() => expect(ends).to.deep.equal(['unverified']))
  })

  it('ends it also where the verification gives no answer', async () => {
    let now = 0
    const { ends } = watched(
      () => new Promise(() => undefined),
      () => now,
    )
    now = 10_001
    await eventually(() => expect(ends).to.deep.equal(['unverified']))
  })

  it('asks no more after the socket has disconnected', async () => {
    let asked = 0
    const { socket } = watched(() => {
      asked++
      return Promise.resolve(identity)
    })
    await eventually(() => expect(asked).to.be.above(0))
    socket.emit('disconnect')
    const before = asked
    const another = watched(refused('invalid-token'))
    await eventually(() => expect(another.ends).to.have.length(1))
    expect(asked).to.equal(before)
  })
})
