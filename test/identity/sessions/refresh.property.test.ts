import { expect } from 'chai'
import fc from 'fast-check'
import type { Grant } from '../../../src/identity/sessions/session-deps.js'
import { from, key, openIdentitySide, type IdentitySide } from '../identity-side.js'

const refused = { code: 'invalid-refresh-token' }

describe('refresh tokens under races', () => {
  let side: IdentitySide
  let count = 0

  before(async () => (side = await openIdentitySide()))
  after(() => side[Symbol.asyncDispose]())

  async function newSession(): Promise<Grant> {
    const email = `ada-${count++}@example.com`
    const account = await side.identity.accounts.register({ email, password: 'correct horse', name: 'Ada' })
    if ('code' in account) throw new Error(account.code)
    return (await side.identity.sessions.open(account, from))!
  }

  const reasonsOf = ({ sessionId }: Grant): unknown[] =>
    side.told
      .map(({ input }) => input as { sessionId?: string; reason?: string })
      .filter((input) => input.sessionId === sessionId && input.reason !== undefined)
      .map(({ reason }) => reason)

  it('of many concurrent uses without a key exactly one succeeds, and the others end the session', async () => {
    const session = await newSession()
    const { sessions } = side.identity
    const results = await Promise.all(
      Array.from({ length: 8 }, () => sessions.refresh(session.refreshToken, null, from)),
    )
    const won = results.filter((result) => !('code' in result))
    expect(won).to.have.length(1)
    expect(await sessions.refresh((won[0] as Grant).refreshToken, null, from)).to.deep.equal(refused)
    expect(reasonsOf(session)).to.deep.equal(['refresh-reuse'])
  })

  it('many concurrent uses with one key all get the same successor, and the session continues', async () => {
    const session = await newSession()
    const { sessions } = side.identity
    const other = await side.start()
    const results = (await Promise.all(
      Array.from({ length: 8 }, (_, n) => (n % 2 ? sessions : other.sessions).refresh(session.refreshToken, 'k', from)),
    )) as (Grant & { repeated: boolean })[]
    expect(new Set(results.map(({ refreshToken }) => refreshToken)).size).to.equal(1)
    expect(results.filter(({ repeated }) => !repeated)).to.have.length(1)
    expect(reasonsOf(session)).to.deep.equal([])
    expect(await sessions.refresh(results[0]!.refreshToken, null, from)).not.to.have.property('code')
  })

  it('in any order: a session lasts while each token is used under one key only, and ends with the first reuse', async () => {
    // Each step uses one of the tokens handed out so far, under one of two keys or none.
    const step = fc.record({ token: fc.nat(9), key: fc.constantFrom(null, 'a', 'b') })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { refreshToken: first, sessionId } = await newSession()
        const handed = [first]
        const used = new Map<string, { key: string | null; successor: string }>()
        let isLive = true
        for (const { token: index, key: clientKey } of steps) {
          const token = handed[index % handed.length]!
          const before = used.get(token)
          const isRepeat =
            before !== undefined && clientKey !== null && before.key === clientKey && !used.has(before.successor)
          const result = await side.identity.sessions.refresh(token, clientKey, from)
          const isExpected = isLive && (before === undefined || isRepeat)
          expect('code' in result).to.equal(!isExpected)
          if (before !== undefined && !isRepeat) isLive = false
          if ('code' in result) continue
          if (isRepeat) expect(result.refreshToken).to.equal(before.successor)
          else {
            expect(handed).not.to.include(result.refreshToken)
            used.set(token, { key: clientKey, successor: result.refreshToken })
            handed.push(result.refreshToken)
          }
        }
        expect(await side.identity.sessions.isOpen(sessionId)).to.equal(isLive)
      }),
      { numRuns: 25 },
    )
  }).timeout(120_000)

  it('a repeat gets the same successor also after the token secret was rotated', async () => {
    const [old, newer] = [key(), key()]
    const { refreshToken } = await newSession()
    const first = await side.start({ successorSecrets: [old] })
    const later = await side.start({ successorSecrets: [newer, old] })
    const one = (await first.sessions.refresh(refreshToken, 'k', from)) as Grant
    const again = (await later.sessions.refresh(refreshToken, 'k', from)) as Grant
    expect(again.refreshToken).to.equal(one.refreshToken)
  })

  it('a login that was checked before the password changed opens no session', async () => {
    const email = 'grace@example.com'
    const { accounts, sessions, passwordChanges } = side.identity
    const account = await accounts.register({ email, password: 'correct horse', name: 'Grace' })
    if ('code' in account) throw new Error(account.code)
    const session = (await sessions.open(account, from))!
    const checked = await accounts.login({ email, password: 'correct horse' })
    if ('code' in checked) throw new Error(checked.code)
    const change = { currentPassword: 'correct horse', newPassword: 'battery staple' }
    await passwordChanges.change({ userId: account.userId, sessionId: session.sessionId, ...change }, from)
    expect(await sessions.open(checked, from)).to.equal(null)
    const { items } = await sessions.list(account.userId, null, { limit: 50, after: null })
    expect(items).to.have.length(1)
  })

  it('a deactivated account gets no token, neither by login nor by refresh', async () => {
    const { refreshToken, userId } = await newSession()
    const closed = await side.start({
      accountStatusOf: () => Promise.resolve({ roles: [], generation: 1, isActive: false }),
    })
    expect(await closed.sessions.refresh(refreshToken, null, from)).to.deep.equal(refused)
    expect(await closed.sessions.open({ userId, passwordChanges: 0 }, from)).to.equal(null)
    expect(await side.identity.sessions.refresh(refreshToken, null, from)).not.to.have.property('code')
  })

  it('roles are read again for each token', async () => {
    const { refreshToken } = await newSession()
    const auditing = await side.start({
      accountStatusOf: () => Promise.resolve({ roles: ['auditor'], generation: 1, isActive: true }),
    })
    const { accessToken } = (await auditing.sessions.refresh(refreshToken, null, from)) as Grant
    expect(JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString())).to.deep.include({
      roles: ['auditor'],
    })
  })
})
