import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type pg from 'pg'
import { deleteExpired, startHousekeeping } from '../../src/identity/housekeeping.js'
import { makeInvite } from '../../src/identity/accounts/invites.js'
import type { Grant } from '../../src/identity/sessions/session-deps.js'
import { eventually } from '../support/eventually.js'
import { from, openIdentitySide, type IdentitySide } from './identity-side.js'

const DAY = 86_400_000

describe('expired data is deleted', () => {
  let side: IdentitySide
  let session: Grant

  beforeEach(async () => {
    side = await openIdentitySide()
    const { accounts, sessions } = side.identity
    const account = await accounts.register({ email: 'ada@example.com', password: 'correct horse', name: 'Ada' })
    if ('code' in account) throw new Error(account.code)
    session = (await sessions.open(account, from))!
  })
  afterEach(() => side[Symbol.asyncDispose]())

  async function after(days: number): Promise<void> {
    side.time.now += days * DAY
    await deleteExpired(side.pool, new Date(side.time.now))
  }
  const rows = async (table: string): Promise<number> => (await side.pool.query(`select from ${table}`)).rowCount ?? 0
  const clients = async (): Promise<unknown[]> =>
    (await side.pool.query<{ ip: string | null }>('select ip from sessions')).rows.map(({ ip }) => ip)

  it('client info of a session at its end, and the session a day later, after its last access token', async () => {
    expect(await clients()).to.deep.equal([from.ip])
    const { userId, sessionId } = session
    const revocation = { userId, which: { only: sessionId }, reason: 'logout', by: userId } as const
    await side.identity.sessions.revoke(revocation, { ...from, sessionId })
    expect(await clients()).to.deep.equal([null])
    await after(1)
    expect(await rows('sessions')).to.equal(1)
    await after(0.001)
    expect([await rows('sessions'), await rows('refresh_tokens')]).to.deep.equal([0, 0])
  })

  it('the same for a session that was not used for 30 days', async () => {
    await after(29.9)
    expect(await clients()).to.deep.equal([from.ip])
    await after(0.2)
    expect(await clients()).to.deep.equal([null])
    await after(1)
    expect(await rows('sessions')).to.equal(0)
  })

  it('never a session whose end is not in the log yet', async () => {
    await side.pool.query('update sessions set opened_in_log = false')
    await after(100)
    expect(await rows('sessions')).to.equal(1)
  })

  it('used refresh tokens after 30 days, but not the one in use', async () => {
    await side.identity.sessions.refresh(session.refreshToken, null, from)
    await after(29)
    expect(await rows('refresh_tokens')).to.equal(2)
    await after(1.1)
    expect(await rows('refresh_tokens')).to.equal(1)
  })

  it('bot tokens a day after they expire, so that a request until then gets the reason', async () => {
    const [owner, bot, now] = [session.userId, randomUUID(), new Date(side.time.now)]
    await side.pool.query('insert into bots (id, owner_id, created_at) values ($1, $2, $3)', [bot, owner, now])
    await side.identity.botTokens.create({ botId: bot, ownerId: owner }, [randomUUID()], DAY / 1_000)
    await after(2)
    expect(await rows('bot_tokens')).to.equal(1)
    await after(0.001)
    expect([await rows('bot_tokens'), await rows('bots')]).to.deep.equal([0, 1])
  })

  it('expired links and invites', async () => {
    await makeInvite(side.pool, new Date(side.time.now + DAY))
    await side.identity.passwordChanges.sendReset('ada@example.com')
    await after(0.01)
    expect([(await rows('mailed_tokens')) > 0, await rows('invites')]).to.deep.equal([true, 1])
    await after(1)
    expect([await rows('mailed_tokens'), await rows('invites')]).to.deep.equal([0, 0])
  })
})

describe('housekeeping', () => {
  const pool = { query: () => Promise.reject(Object.assign(new Error('ada@example.com'), { code: '57P01' })) }

  it('runs every minute after any failure, and logs only a code of it', async () => {
    const warnings: object[] = []
    let times = 0
    const running = await startHousekeeping({
      pool: pool as unknown as pg.Pool,
      clock: () => new Date(),
      completions: [() => Promise.resolve(++times === 1 ? [{ userId: 'ada', error: new Error('secret') }] : [])],
      log: { warn: (_message, about) => warnings.push(about) },
      everyMs: 1,
    })
    expect(times).to.equal(1)
    await eventually(() => expect(times).to.be.greaterThan(2))
    await running[Symbol.asyncDispose]()
    expect(warnings.slice(0, 3)).to.deep.equal([
      { userId: 'ada', cause: 'Error' },
      { userId: undefined, cause: '57P01' },
      { userId: undefined, cause: '57P01' },
    ])
  })
})
