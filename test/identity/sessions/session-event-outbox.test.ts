import { expect } from 'chai'
import type { AuthenticatedAccount } from '../../../src/identity/accounts/accounts.js'
import type { Grant } from '../../../src/identity/sessions/session-deps.js'
import { from, openIdentitySide, type IdentitySide } from '../identity-side.js'

const failing = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'did not fail',
    (error: unknown) => (error as Error).message,
  )

describe('rows and log agree after a crash', () => {
  let side: IdentitySide
  let account: AuthenticatedAccount
  let session: Grant

  beforeEach(async () => {
    side = await openIdentitySide()
    const registered = await side.identity.accounts.register({
      email: 'ada@example.com',
      password: 'correct horse',
      name: 'Ada',
    })
    if ('code' in registered) throw new Error(registered.code)
    account = registered
    session = (await side.identity.sessions.open(account, from))!
  })
  afterEach(() => side[Symbol.asyncDispose]())

  const names = (): string[] => side.told.map(({ name }) => name)
  const logout = () =>
    side.identity.sessions.revoke(
      { userId: account.userId, which: { only: session.sessionId }, reason: 'logout', by: account.userId },
      { ...from, sessionId: session.sessionId },
    )

  for (const fault of ['before', 'after'] as const) {
    describe(`when the append fails ${fault} it is done`, () => {
      it('an opened session is recorded in the log at the next start', async () => {
        side.faults = [fault]
        expect(await failing(side.identity.sessions.open(account, from))).to.equal('outcome-unknown')
        await side.start()
        expect(names()).to.deep.equal(['registerUser', 'openSession', 'openSession'])
      })

      it('an ended session is over at once, and recorded in the log at the next start', async () => {
        side.faults = [fault]
        expect(await failing(logout())).to.equal('outcome-unknown')
        expect(await side.identity.sessions.refresh(session.refreshToken, null, from)).to.have.property('code')
        await side.start()
        expect(side.told.slice(2)).to.deep.equal([
          {
            name: 'revokeSession',
            input: { userId: account.userId, sessionId: session.sessionId, reason: 'logout' },
            by: account.userId,
          },
        ])
      })

      it('and recorded once by the next operation on the user', async () => {
        side.faults = [fault]
        await failing(logout())
        await side.identity.sessions.open(account, from)
        await side.start()
        expect(names().sort()).to.deep.equal(['openSession', 'openSession', 'registerUser', 'revokeSession'])
      })

      it('a changed password is recorded, with each session that it ended', async () => {
        const other = (await side.identity.sessions.open(account, from))!
        side.faults = [null, fault]
        const change = { currentPassword: 'correct horse', newPassword: 'battery staple' }
        const { userId } = account
        const changing = side.identity.passwordChanges.change({ userId, sessionId: session.sessionId, ...change }, from)
        expect(await failing(changing)).to.equal('outcome-unknown')
        await side.start()
        expect(side.told.slice(3)).to.deep.equal([
          { name: 'changePassword', input: { userId }, by: userId },
          {
            name: 'revokeSession',
            input: { userId, sessionId: other.sessionId, reason: 'password-changed' },
            by: userId,
          },
        ])
      })

      it('a registration is completed at the next start', async () => {
        side.faults = [fault]
        const eve = { email: 'eve@example.com', password: 'correct horse', name: 'Eve' }
        expect(await failing(side.identity.accounts.register(eve))).to.equal('outcome-unknown')
        await side.start()
        expect(names().filter((name) => name === 'registerUser')).to.have.length(2)
        const { rows } = await side.pool.query(`select status, pending_name from credentials where email like 'eve%'`)
        expect(rows).to.deep.equal([{ status: 'active', pending_name: null }])
      })
    })
  }

  it('a log that does not answer does not prevent a start, and the failure is reported without an address', async () => {
    side.faults = ['before']
    await failing(logout())
    side.faults = ['before']
    await side.start()
    expect(side.warnings).to.have.length(1)
    expect(JSON.stringify(side.warnings)).to.include(account.userId).and.not.to.include('@')
    await side.start()
    expect(names().at(-1)).to.equal('revokeSession')
  })

  it('appends nothing where nothing is pending', async () => {
    await side.start()
    expect(names()).to.deep.equal(['registerUser', 'openSession'])
  })
})
