import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { AuthenticatedAccount } from '../../../src/identity/accounts/accounts.js'
import { eventually } from '../../support/eventually.js'
import { from, openIdentitySide, type IdentitySide } from '../identity-side.js'

const PASSWORD = 'correct horse'
const NEW = 'battery staple'

describe('a mailed link that is asked for while the account changes', () => {
  let side: IdentitySide
  let ada: AuthenticatedAccount

  beforeEach(async () => {
    side = await openIdentitySide()
    ada = (await side.identity.accounts.register({
      email: 'ada@example.com',
      password: PASSWORD,
      name: 'Ada',
    })) as AuthenticatedAccount
    await eventually(() => expect(side.mails).to.have.length(1))
  })

  afterEach(() => side[Symbol.asyncDispose]())

  const links = async (): Promise<object[]> =>
    (await side.pool.query<{ purpose: string }>('select purpose from mailed_tokens')).rows

  /** Asks while a transaction that changes the account is open, and ends that once somebody waits for it. */
  async function askedDuring(change: string, ask: () => Promise<void>): Promise<void> {
    const changing = await side.pool.connect()
    try {
      await changing.query('begin')
      await changing.query('delete from mailed_tokens')
      await changing.query(`update credentials set ${change}`)
      const asked = ask()
      await eventually(async () => {
        const { rowCount } = await side.pool.query('select from pg_locks where not granted')
        expect(rowCount).to.be.greaterThan(0)
      })
      await changing.query('commit')
      await asked
    } finally {
      changing.release()
    }
  }

  const check = () =>
    side.identity.emailChanges.checkPassword({ userId: ada.userId, sessionId: randomUUID(), password: PASSWORD })

  for (const change of [`email = 'elsewhere@example.com'`, 'password_changes = password_changes + 1']) {
    it(`for a new password is none after ${change}`, async () => {
      await askedDuring(change, () => side.identity.passwordChanges.sendReset(ada.email))
      expect(await links()).to.deep.equal([])
    })

    it(`for a new address is none after ${change}`, async () => {
      const account = (await check())!
      const request = { userId: ada.userId, newEmail: 'thief@example.com', account }
      await askedDuring(change, () => side.identity.emailChanges.request(request))
      expect(await links()).to.deep.equal([])
    })
  }

  it('for a new address is none where the password was changed since it was given', async () => {
    const account = (await check())!
    const change = { userId: ada.userId, sessionId: randomUUID(), currentPassword: PASSWORD, newPassword: NEW }
    expect(await side.identity.passwordChanges.change(change, from)).to.equal(null)
    await side.identity.emailChanges.request({ userId: ada.userId, newEmail: 'thief@example.com', account })
    expect((await links()).length).to.equal(1) // that which confirms the present address
    expect(side.mails.filter(({ to }) => to === 'thief@example.com')).to.deep.equal([])
  })
})
