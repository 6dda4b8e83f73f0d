import { expect } from 'chai'
import { createBotCheck, type BotCheck } from '../../../src/identity/bots/bot-check.js'
import type { BotClaims } from '../../../src/identity/bots/bot-tokens.js'
import { recordedReport } from '../../support/recorded-report.js'
import { uuid } from '../../support/uuid.js'

const NOON = new Date('2026-11-22T12:00:00.000Z')
const TOKEN = 'parley_bot_x'

const claims: BotClaims = {
  userId: uuid('bot'),
  ownerId: uuid('owner'),
  sessionId: uuid('token'),
  roles: [],
  generation: 0,
  authTime: NOON,
  expiresAt: new Date(NOON.getTime() + 60_000),
  chatIds: new Set([uuid('chat')]),
}

/** A check whose database, log and clocks the test controls. */
function setUp() {
  const side = {
    rows: new Map([[TOKEN, claims]]),
    inactive: new Set<string>(),
    ownerAbsentFrom: new Set<string>(),
    looks: 0,
    ms: 0,
    time: NOON,
    whileLooking: (): void => undefined,
    report: recordedReport(),
  }
  const sessionCheck: BotCheck = createBotCheck({
    find: (token) => {
      side.looks++
      side.whileLooking()
      return Promise.resolve(side.rows.get(token) ?? null)
    },
    accountStatusOf: (userId) => Promise.resolve({ roles: [], generation: 0, isActive: !side.inactive.has(userId) }),
    takesPart: (chatId) => Promise.resolve(!side.ownerAbsentFrom.has(chatId)),
    clock: () => side.time,
    now: () => side.ms,
    report: side.report,
  })
  return { side, sessionCheck }
}

describe('the check of bot tokens', () => {
  it('accepts a token with a row, and reads it again only after a second', async () => {
    const { side, sessionCheck } = setUp()
    expect(await Promise.all([sessionCheck(TOKEN), sessionCheck(TOKEN)])).to.deep.equal([claims, claims])
    side.ms = 999
    expect(await sessionCheck(TOKEN)).to.deep.equal(claims)
    expect(side.looks).to.equal(1)
    side.ms = 1_000
    await sessionCheck(TOKEN)
    expect(side.looks).to.equal(2)
  })

  it('refuses a token within a second after its row was deleted', async () => {
    const { side, sessionCheck } = setUp()
    await sessionCheck(TOKEN)
    side.rows.clear()
    side.ms = 1_000
    expect(await sessionCheck(TOKEN)).to.deep.equal({ code: 'invalid-token' })
  })

  for (const who of ['userId', 'ownerId'] as const)
    it(`refuses it while its ${who === 'userId' ? 'bot' : 'owner'} is deactivated`, async () => {
      const { side, sessionCheck } = setUp()
      side.inactive.add(claims[who])
      expect(await sessionCheck(TOKEN)).to.deep.equal({ code: 'session-revoked' })
      side.inactive.clear()
      expect(await sessionCheck(TOKEN)).to.equal(claims)
    })

  it('refuses an expired token, also a cached one', async () => {
    const { side, sessionCheck } = setUp()
    await sessionCheck(TOKEN)
    side.time = claims.expiresAt
    expect(await sessionCheck(TOKEN)).to.deep.equal({ code: 'token-expired' })
  })

  it('does not cache refused tokens', async () => {
    const { side, sessionCheck } = setUp()
    await sessionCheck('parley_bot_y')
    side.rows.set('parley_bot_y', claims)
    expect(await sessionCheck('parley_bot_y')).to.equal(claims)
  })

  it('refuses where the database does not answer, and asks it again at the next request', async () => {
    const { side, sessionCheck } = setUp()
    side.whileLooking = () => {
      throw new Error('away')
    }
    expect(await sessionCheck(TOKEN)).to.deep.equal({ code: 'revocation-unknown' })
    expect(await sessionCheck(TOKEN)).to.deep.equal({ code: 'revocation-unknown' })
    expect(side.report.lines).to.deep.equal(['bot-check failed: away'])
    side.whileLooking = () => undefined
    expect(await sessionCheck(TOKEN)).to.equal(claims)
    expect(side.report.lines).to.deep.equal(['bot-check failed: away', 'bot-check recovered'])
  })

  it('ignores an answer from before the process was suspended', async () => {
    const { side, sessionCheck } = setUp()
    side.whileLooking = () => void (side.ms += 2_001)
    expect(await sessionCheck(TOKEN)).to.deep.equal({ code: 'revocation-unknown' })
  })

  it('accepts a token only for chats in which the owner is a member', async () => {
    const { side, sessionCheck } = setUp()
    side.rows.set(TOKEN, { ...claims, chatIds: new Set([uuid('chat'), uuid('left')]) })
    side.ownerAbsentFrom.add(uuid('left'))
    expect(await sessionCheck(TOKEN)).to.deep.include({ chatIds: new Set([uuid('chat')]) })
    side.ownerAbsentFrom.add(uuid('chat'))
    side.ms = 1_000
    expect(await sessionCheck(TOKEN)).to.deep.include({ chatIds: new Set() })
  })
})
