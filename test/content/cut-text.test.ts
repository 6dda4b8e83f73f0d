import { expect } from 'chai'
import fc from 'fast-check'
import { cutText, excerptOf, graphemeStart } from '../../src/content/cut-text.js'

const family = '👨‍👩‍👧‍👦' // seven code points

describe('cutting a text', () => {
  it('never cuts inside an emoji sequence, a flag, or between a letter and its accent', () => {
    for (const grapheme of [family, '🇩🇪', '👋🏽', 'e\u0301\u0323', '각', 'क्षि', '\r\n']) {
      const codePoints = Array.from(grapheme).length
      for (let max = 2; max < 2 + codePoints; max++) expect(cutText(`ab${grapheme}`, max)).to.equal('ab')
      expect(cutText(`ab${grapheme}c`, 2 + codePoints)).to.equal(`ab${grapheme}`)
    }
  })

  it('cuts a single grapheme that is too long at a code point', () => {
    expect(cutText(`a${'\u0301'.repeat(50)}`, 10)).to.equal(`a${'\u0301'.repeat(9)}`)
    expect(cutText(family, 1)).to.equal('👨')
  })

  it('gives the whole graphemes that fit, whatever the text', () => {
    const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
    const texts = fc.string({ unit: fc.oneof(fc.constantFrom(family, '🇩🇪', '🇫', 'e\u0301', '\u200d'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), maxLength: 40 }) // prettier-ignore
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const cut = cutText(text, max)
        expect(text.startsWith(cut)).to.equal(true)
        expect(Array.from(cut).length).to.be.at.most(max)
        const ends = Array.from(graphemes.segment(text), ({ index, segment }) => index + segment.length)
        const best = ends.filter((end) => Array.from(text.slice(0, end)).length <= max).at(-1)
        if (best !== undefined) expect(cut.length).to.equal(best)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('an excerpt', () => {
  it('is the text where it fits, else ends in an ellipsis and fits with it', () => {
    expect(excerptOf('abc', 3)).to.equal('abc')
    expect(excerptOf('abcd', 3)).to.equal('ab…')
    expect(excerptOf(`abc${family}def`, 8)).to.equal('abc…')
  })
})

describe('the beginning of a grapheme', () => {
  it('is found from anywhere within it', () => {
    const text = `ab${family}cd`
    for (let index = 2; index < 2 + family.length; index++) expect(graphemeStart(text, index)).to.equal(2)
    for (const index of [0, 1, 2 + family.length, text.length]) expect(graphemeStart(text, index)).to.equal(index)
  })

  it('is that of the code point within one without end', () => {
    const endless = `a${'\u0301'.repeat(500)}`
    expect(graphemeStart(endless, 300)).to.equal(300)
  })
})
