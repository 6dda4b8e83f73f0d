import { expect } from 'chai'
import fc from 'fast-check'
import { MAX_MESSAGE_LENGTH, normaliseLabel, normaliseName, normaliseText } from '../../src/domain/text.js'

const textOf = (raw: string, maxLength = MAX_MESSAGE_LENGTH) => {
  const result = normaliseText(raw, maxLength)
  return result.ok ? result.text : result
}

const fault = (name: 'empty' | 'too-long' | 'not-text') => ({ ok: false, fault: name })

describe('a text', () => {
  it('is normalised to NFC, so that equal looks are equal texts', () => {
    expect(textOf('Zoe\u0308')).to.equal('Zo\u00eb')
    expect(textOf('\u1100\u1161\u11a8')).to.equal('\uac01')
  })

  it('has one kind of line ending', () => {
    expect(textOf('a\r\nb\nc')).to.equal('a\nb\nc')
  })

  it('is trimmed of blank lines at its start and white space at its end, also outside ASCII, and otherwise kept', () => {
    expect(textOf(' \u3000\r\n\n\u00a0 a  b\t\n c \r\n\ufeff')).to.equal('\u00a0 a  b\t\n c')
    expect(textOf('\n  | a | b |\n  |---|---|\n\n')).to.equal('  | a | b |\n  |---|---|')
    expect(textOf('<b>"it\'s" & 👩‍👩‍👧 \u200f</b>')).to.equal('<b>"it\'s" & 👩‍👩‍👧 \u200f</b>')
  })

  it('is empty when nothing is left of it', () => {
    for (const raw of ['', ' ', '\r\n', '\t\u2003\n'])
      expect(textOf(raw), JSON.stringify(raw)).to.deep.equal(fault('empty'))
  })

  it('is measured in code points, also beyond the BMP', () => {
    for (const letter of ['a', '\u00eb', '🦊', '𝕏']) {
      expect(textOf(letter.repeat(10_000)), letter).to.equal(letter.repeat(10_000))
      expect(textOf(letter.repeat(10_001)), letter).to.deep.equal(fault('too-long'))
    }
  })

  it('is measured as it is stored: normalised and trimmed', () => {
    expect(textOf('e\u0308'.repeat(10_000))).to.equal('\u00eb'.repeat(10_000))
    expect(textOf(` \n${'a\r\n'.repeat(5_000)} `)).to.equal('a\n'.repeat(5_000).trim())
    expect(textOf('\n\nabc  ', 3)).to.equal('abc')
    expect(textOf('abcd', 3)).to.deep.equal(fault('too-long'))
  })

  it('may contain newline and tab, but no other control character of C0 and C1', () => {
    expect(textOf('a\n\tb')).to.equal('a\n\tb')
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((character) =>
      /\p{Cc}/u.test(character),
    )
    expect(controls).to.have.length(65)
    for (const control of controls.filter((character) => !'\n\t'.includes(character))) {
      expect(textOf(`a${control}b`), control.charCodeAt(0).toString(16)).to.deep.equal(fault('not-text'))
    }
  })

  it('is invalid with a lone surrogate', () => {
    for (const raw of ['\ud83e', '\udd8a', 'a\ud83eb', '\udd8a\ud83e'])
      expect(textOf(raw)).to.deep.equal(fault('not-text'))
  })

  it('has an idempotent normalisation', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const once = textOf(raw)
        if (typeof once === 'string') expect(textOf(once)).to.equal(once)
      }),
    )
  })

  const invisible = [
    '\u200b',
    '\u00ad',
    '\u2060',
    '\u{e0001}',
    '\ufe0f',
    '\u3164',
    '\u2800',
    '\u034f',
    '\u180e',
    '\u200d\u200c',
    '\u{1d159}',
    ' \u200b\n\ufeff',
  ]

  it('is empty when nothing of it is visible, in messages, labels and names alike', () => {
    for (const normalise of [normaliseText, normaliseLabel, normaliseName])
      for (const raw of invisible) expect(normalise(raw, 255), JSON.stringify(raw)).to.deep.equal(fault('empty'))
  })

  it('is not empty for an emoji, a letter with joiners or a mark', () => {
    for (const raw of ['❤\ufe0f', 'نمی\u200cخواهم', '👨\u200d👩\u200d👧', '.', '\u0301'])
      expect(normaliseName(raw, 255), raw).to.include({ ok: true })
  })
})

describe('a label', () => {
  it('is trimmed at both ends, without bidirectional control characters', () => {
    expect(normaliseLabel(' a\nb ', 255)).to.deep.equal({ ok: true, text: 'a\nb' })
    expect(normaliseLabel('a\u202eb', 255)).to.deep.equal({ ok: false, fault: 'bidi-controls' })
  })
})

describe('a name', () => {
  it('is on one line', () => {
    expect(normaliseName(' Ada Lovelace\n', 255)).to.deep.equal({ ok: true, text: 'Ada Lovelace' })
    for (const raw of ['a\nb', 'a\r\nb', 'a\tb', 'a\u2028b'])
      expect(normaliseName(raw, 255), JSON.stringify(raw)).to.deep.equal({ ok: false, fault: 'line-break' })
  })
})
