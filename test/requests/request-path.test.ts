import { expect } from 'chai'
import winston from 'winston'
import { createRequestLimits } from '../../src/limits/request-limits.js'
import { problemOf } from '../../src/api/problem-details.js'
import { routeList } from '../../src/api/route-list.js'
import type { Operation } from '../../src/requests/operation.js'
import {
  createRequestPath,
  type RequestPath,
  type RequestState,
  type Transport,
} from '../../src/requests/request-path.js'
import { eventually } from '../support/eventually.js'
import { uuid } from '../support/uuid.js'

const COMMAND: Operation = {
  access: 'user',
  bots: 'refused',
  countsAs: 'request',
  cost: 1,
  waitsForReadModel: true,
  requiresRole: {},
}

const ignore = (): void => undefined
const client = { ip: '192.0.2.1', userAgent: '' }

const transportOf = (user: string): Transport<null> => ({
  isBot: () => false,
  authenticate: () =>
    Promise.resolve({
      userId: uuid(user),
      sessionId: uuid('session'),
      roles: [],
      generation: 0,
      authTime: new Date(0),
      expiresAt: new Date(1),
    }),
  parameters: () => [],
  chatId: () => '',
  outsiderCode: 'chat-not-found',
  readBody: () => Promise.resolve(false),
  parse: () => null,
})

const createPath = (): RequestPath =>
  createRequestPath({
    limits: createRequestLimits({ isOn: false, onRefused: ignore }),
    security: { record: ignore },
    problemOf,
    logger: winston.createLogger({ silent: true }),
  })

const stateOf = (): RequestState => ({ requestId: uuid('request'), client })

/** A request path, and the requests on it that are under way, each until it is ended. */
function setUp() {
  const path = createPath()
  const underWay: (() => void)[] = []
  const send = (user: string, operation: Operation): Promise<void> =>
    path.run(operation, transportOf(user), stateOf(), () => {
      return new Promise((resolve) => underWay.push(resolve))
    })
  return { send, underWay }
}

describe('Requests that arrive in one turn of the event loop', () => {
  it('begin their work after the last of them has been parsed, in the order of their arrival', async () => {
    const path = createPath()
    const begun: string[] = []
    const send = (user: string): Promise<void> =>
      path.run({ ...COMMAND, waitsForReadModel: false }, transportOf(user), stateOf(), () => {
        begun.push(user)
        return Promise.resolve()
      })
    const all = []
    for (const user of ['ann', 'ben', 'cem']) {
      all.push(send(user))
      for (let microtasks = 0; microtasks < 100; microtasks++) await Promise.resolve() // still the same turn
      expect(begun).to.deep.equal([])
    }
    await Promise.all(all)
    expect(begun).to.deep.equal(['ann', 'ben', 'cem'])
  })
})

describe('The commands of one user', () => {
  it('run eight at once while their answers wait for the read model; more wait for their turn, and others do not', async () => {
    const { send, underWay } = setUp()
    const all = Array.from({ length: 40 }, () => send('ann', COMMAND))
    await eventually(() => expect(underWay).to.have.length(8))
    all.push(send('ben', COMMAND))
    await eventually(() => expect(underWay).to.have.length(9))
    underWay[0]?.()
    await eventually(() => expect(underWay).to.have.length(10))
    for (let ended = 1; ended < all.length; ended++) {
      await eventually(() => expect(underWay).to.have.length.above(ended))
      underWay[ended]?.()
    }
    await Promise.all(all)
  })

  it('do not wait where their answers do not wait for the read model', async () => {
    const { send, underWay } = setUp()
    const all = Array.from({ length: 150 }, () => send('ann', { ...COMMAND, waitsForReadModel: false }))
    await eventually(() => expect(underWay).to.have.length(150))
    for (const end of underWay) end()
    await Promise.all(all)
  })

  it('over REST wait for the read model, but for messages and edits; queries do not', () => {
    const waiting = routeList.filter(({ waitsForReadModel }) => waitsForReadModel)
    const others = routeList.filter(({ waitsForReadModel }) => !waitsForReadModel)
    expect(waiting.filter(({ method, countsAs }) => method === 'get' || countsAs === 'message')).to.deep.equal([])
    expect(others.filter(({ method, countsAs }) => method !== 'get' && countsAs !== 'message')).to.deep.equal([])
  })
})
