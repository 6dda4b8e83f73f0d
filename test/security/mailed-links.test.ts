import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

describe('links by mail', () => {
  let parley: TestApp
  let ada: TestUser

  beforeEach(async () => {
    parley = await startTestApp({ rateLimits: true })
    ada = await parley.register('Ada')
  })

  afterEach(() => parley[Symbol.asyncDispose]())

  const linksTo = (isOne: (to: string) => boolean): number =>
    parley.mails.filter(({ to, text }) => isOne(to) && text.includes('#token=')).length

  const refused = (times: number): Promise<void> =>
    eventually(async () => {
      const { body } = await parley.call('GET', '/metrics')
      expect(body).to.include(`rate_limited_total{limit="mailed-links"} ${times}`)
    })

  it('are limited to five an hour for one address, and further requests get the same answer', async () => {
    for (let time = 0; time < 8; time++) {
      const { status, body } = await parley.call('POST', '/auth/password-reset', { body: { email: ada.email } })
      expect([status, body]).to.deep.equal([202, ''])
    }
    await refused(4) // the first was that which confirms the address
    expect(linksTo((to) => to === ada.email.toLowerCase())).to.equal(5)
  })

  it('are limited to five an hour for one user over all addresses, and no notice is sent without a link', async () => {
    for (let time = 0; time < 8; time++) {
      const body = { password: 'correct horse', newEmail: `stranger-${time}@example.org` }
      expect((await parley.call('POST', '/auth/email', { token: ada.token, body })).status).to.equal(202)
    }
    await refused(3)
    expect(linksTo((to) => to.startsWith('stranger'))).to.equal(5)
    expect(parley.mails.filter(({ subject }) => /about to change/.test(subject))).to.have.length(5)
  })
})
