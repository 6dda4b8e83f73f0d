import { expect } from 'chai'
import fc from 'fast-check'
import { splitText } from '../../src/webhooks/split-text.js'

const codePoints = (text: string): number => Array.from(text).length
const withoutBlanks = (text: string): string => text.replace(/\s+/g, '')

describe('splitting a text', () => {
  it('a text that fits is one part', () => {
    expect(splitText('a'.repeat(100), 100)).to.deep.equal(['a'.repeat(100)])
  })

  it('ends a part at a line, else at a space, else between graphemes', () => {
    const lines = `${'a'.repeat(85)}\n${'b c '.repeat(20)}`
    expect(splitText(lines, 100)[0]).to.equal('a'.repeat(85))
    expect(splitText('abcd '.repeat(30), 100)[0]).to.match(/d$/)
    const parts = splitText('👨‍👩‍👧‍👦'.repeat(30), 100)
    for (const part of parts) expect(part).to.match(/^(?:👨‍👩‍👧‍👦)+$/)
  })

  it('keeps a split code block as code in both parts', () => {
    const [first, second, ...more] = splitText(`Log:\n\`\`\`\n${'some line\n'.repeat(15)}\`\`\`\nend`, 100)
    expect(first).to.match(/^Log:\n```\n[^`]+\n```$/)
    expect(second).to.match(/^```\n[^`]+\n```/)
    expect([second, ...more].join('')).to.match(/end$/)
  })

  it('splits any 40,000 code points into at most five parts of 10,000, without loss', () => {
    const piece = fc.constantFrom('a', ' ', '\n', 'word ', 'line\n', '𝐚', '😀', '中', 'x'.repeat(50), '```\n')
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), (pieces) => {
        const text = Array.from(`x${pieces.join('')}`.repeat(40_000))
          .slice(0, 40_000)
          .join('')
          .trim()
        const parts = splitText(text, 10_000)
        expect(parts.length).to.be.at.most(5)
        for (const part of parts) expect(codePoints(part)).to.be.within(1, 10_000)
        if (!text.includes('```')) expect(withoutBlanks(parts.join(''))).to.equal(withoutBlanks(text))
      }),
      { numRuns: 15 },
    )
  }).timeout(240_000)
})
