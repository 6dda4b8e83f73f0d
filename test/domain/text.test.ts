import { expect } from 'chai'
import fc from 'fast-check'
import { MAX_MESSAGE_LENGTH, normaliseText } from '../../src/domain/text.js'

const textOf = (raw: string, maxLength = MAX_MESSAGE_LENGTH) => {
  const result = normaliseText(raw, maxLength)
  return result.ok ? result.text : result
}

const fault = (name: 'empty' | 'too-long' | 'not-text') => ({ ok: false, fault: name })

describe('a text', () => {
  it('is composed, so that what looks the same is the same', () => {
    expect(textOf('Zoe\u0308')).to.equal('Zo\u00eb')
    expect(textOf('\u1100\u1161\u11a8')).to.equal('\uac01')
  })

  it('has one kind of line end', () => {
    expect(textOf('a\r\nb\nc')).to.equal('a\nb\nc')
  })

  it('is trimmed, also of spaces that are not ASCII, and otherwise kept as sent', () => {
    expect(textOf('\u00a0\u3000 a  b\t\n c \r\n\ufeff')).to.equal('a  b\t\n c')
    expect(textOf('<b>"it\'s" & 👩‍👩‍👧 \u200f</b>')).to.equal('<b>"it\'s" & 👩‍👩‍👧 \u200f</b>')
  })

  it('is empty when nothing is left of it', () => {
    for (const raw of ['', ' ', '\r\n', '\t\u2003\n'])
      expect(textOf(raw), JSON.stringify(raw)).to.deep.equal(fault('empty'))
  })

  it('has as many characters as code points, also beyond the BMP', () => {
    for (const letter of ['a', '\u00eb', '🦊', '𝕏']) {
      expect(textOf(letter.repeat(10_000)), letter).to.equal(letter.repeat(10_000))
      expect(textOf(letter.repeat(10_001)), letter).to.deep.equal(fault('too-long'))
    }
  })

  it('is measured as it is stored: composed, and without what is trimmed', () => {
    expect(textOf('e\u0308'.repeat(10_000))).to.equal('\u00eb'.repeat(10_000))
    expect(textOf(` ${'a\r\n'.repeat(5_000)} `)).to.equal('a\n'.repeat(5_000).trim())
    expect(textOf('  abc  ', 3)).to.equal('abc')
    expect(textOf('abcd', 3)).to.deep.equal(fault('too-long'))
  })

  it('may hold newline and tab, but no other control character, C1 ones included', () => {
    expect(textOf('a\n\tb')).to.equal('a\n\tb')
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((character) =>
      /\p{Cc}/u.test(character),
    )
    expect(controls).to.have.length(65)
    for (const control of controls.filter((character) => !'\n\t'.includes(character))) {
      expect(textOf(`a${control}b`), control.charCodeAt(0).toString(16)).to.deep.equal(fault('not-text'))
    }
  })

  it('is no text with half a surrogate pair in it', () => {
    for (const raw of ['\ud83e', '\udd8a', 'a\ud83eb', '\udd8a\ud83e'])
      expect(textOf(raw)).to.deep.equal(fault('not-text'))
  })

  it('normalised twice is what it was once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const once = textOf(raw)
        if (typeof once === 'string') expect(textOf(once)).to.equal(once)
      }),
    )
  })
})
