import { expect } from 'chai'
import winston from 'winston'
import { createRequestLimits } from '../../src/limits/request-limits.js'
import { problemOf } from '../../src/api/problem-details.js'
import { routeList } from '../../src/api/route-list.js'
import type { Operation } from '../../src/requests/operation.js'
import { createRequestPath, type Transport } from '../../src/requests/request-path.js'
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

/** A request path, and the requests on it that are under way, each until it is ended. */
function setUp() {
  const path = createRequestPath({
    limits: createRequestLimits({ isOn: false, onRefused: ignore }),
    security: { record: ignore },
    problemOf,
    logger: winston.createLogger({ silent: true }),
  })
  const underWay: (() => void)[] = []
  const send = (user: string, operation: Operation): Promise<void> =>
    path.run(operation, transportOf(user), { requestId: uuid('request'), client }, () => {
      return new Promise((resolve) => underWay.push(resolve))
    })
  return { send, underWay }
}

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
