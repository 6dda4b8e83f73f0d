import { expect } from 'chai'
import fc from 'fast-check'
import { isEmail, normaliseEmail } from '../../../src/identity/accounts/email.js'

describe('email addresses', () => {
  it('are trimmed, in Unicode form NFC, and in lower case', () => {
    expect(normaliseEmail('  Zoe\u0308@Example.ORG\n')).to.equal('zo\u00eb@example.org')
  })

  it('normalisation is idempotent, and independent of the Unicode form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const email = normaliseEmail(raw)
        for (const same of [email, raw.normalize('NFC'), raw.normalize('NFD')])
          expect(normaliseEmail(same)).to.equal(email)
      }),
    )
  })

  for (const right of ['a@b', ' Ada@Example.com ', 'zoë+chat@example.org', `${'🦊'.repeat(253)}@b`]) {
    it(`${right.slice(0, 30)} is valid`, () => expect(isEmail(right)).to.equal(true))
  }

  const unseen = ['\u202eada@b', 'ada@\u2066b', 'a\u200bda@b', 'ada@b\u00ad']
  const broken = ['', 'ada', '@b', 'a@', 'a@b@c', 'a b@c', 'a\u0000@b', 'a\ud800@b', `${'🦊'.repeat(254)}@b`]
  for (const wrong of [...broken, ...unseen]) {
    it(`${JSON.stringify(wrong.slice(0, 30))} is invalid`, () => expect(isEmail(wrong)).to.equal(false))
  }
})
