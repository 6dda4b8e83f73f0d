import { expect } from 'chai'
import { weaknessOf } from '../../../src/identity/passwords/weak-password.js'

const ada = { name: 'Ada Lovelace', email: 'ada.lovelace+chat@bücher.example' }

describe('weak passwords', () => {
  const common = ['12345678', 'password', 'PassWord', 'iloveyou', 'qwertyuiop', 'ｐａｓｓｗｏｒｄ', 'football ']
  for (const password of common) {
    it(`${password}: one of the most common`, () => expect(weaknessOf(password, ada)).to.match(/most common/))
  }

  for (const password of ['ada lovelace', 'ADA LOVELACE', ' Ada Lovelace ']) {
    it(`${password}: the own name`, () => expect(weaknessOf(password, ada)).to.equal('is the name'))
  }

  const own = ['ada.lovelace+chat@bücher.example', 'ADA.Lovelace+chat@xn--bcher-kva.example', 'Ada.Lovelace+chat']
  for (const password of own) {
    it(`${password}: the own address`, () => expect(weaknessOf(password, ada)).to.equal('is the e-mail address'))
  }

  for (const password of [
    ' '.repeat(8),
    '\u3000'.repeat(3),
    '\t\n'.repeat(4),
    '\u200b'.repeat(8),
    '\u2800\u00ad'.slice(1).repeat(8),
  ]) {
    it(`${JSON.stringify(password)}: only whitespace`, () =>
      expect(weaknessOf(password, ada)).to.equal('is only blanks'))
  }

  for (const password of ['correct horse', 'lovelace ada', 'ada.lovelace', '🦊🦊', 'passwords are hard']) {
    it(`${password}: not weak`, () => expect(weaknessOf(password, ada)).to.equal(null))
  }

  it('without a known name or address only the lists are used', () => {
    expect(weaknessOf('Ada Lovelace', { name: null, email: null })).to.equal(null)
    expect(weaknessOf('12345678', { name: null, email: null })).to.not.equal(null)
  })
})
