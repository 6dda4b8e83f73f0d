import { expect } from 'chai'
import fc from 'fast-check'

import { markdownToHtml } from '../../src/content/markdown.js'
import { renderEscaped } from '../../src/content/plain-text.js'
import { maxHtmlBytes, renderContent } from '../../src/content/render-content.js'
import { cpuTimeOf } from '../support/cpu-time.js'

const MAX_LENGTH = 10_000
/** The bound itself belongs to the soak run, which has the machine to itself: beside other tests, CPU time is up to three times as much. */
const MAX_CPU_MS = process.env['PARLEY_SOAK_SECONDS'] === undefined ? 150 : 50

/** What a message of the greatest length may consist of, over and over. */
const PIECES = [
  '- a\n', '* ', '- ', '1. a\n', '1)\n', '- - - ', '* * *\n', '> ', '>>>>> a\n', '- > ', '> - ', '  - a\n', '\ta\n', // lists and quotes
  '*', '**', '*a ', '**a ', '_a_ ', '***a', '**_a_**', '~~', '~~a', '中**「', '*_', // emphasis
  '`', '`a', '``a`', '```\n', '~~~\n', '> `', // code
  '[', '![', '[a][', '[a](', '[](<', '[a](b "', '[a](http://a)', '[[a](http://a)', '[*', '*[', '](', // brackets
  '|a|b|\n', '|-|-|\n', '# a\n', '---\n', '===\n', // tables and headings, which are text
  '&', '&amp;', '&#1;', '<', '<a', '<!--', '</', '<a href="', '\\', '\\*', // entities and HTML, which are text
  'https://a(', 'http://a/[', 'http://a/(', 'http://a ', 'http://a@', 'http://a:a@', '<http://a>', '<a@b.c>', 'mailto:a@b.c ', 'www.a.b ', 'http://xn--80ak6aa92e.com ', // links
  'http://a/%E2%80%AE', 'http://a/((((', 'http://a/"', "http://a/'", 'http://[::1]/', 'https://a:', '//', '://',
  'a', 'a\n', 'a\n\n', '\n', ' ', 'a  \n', '中', '👨‍👩‍👧‍👦', '<@all> ', '\u200b',
] // prettier-ignore

const filled = (piece: string, length = MAX_LENGTH): string =>
  piece
    .repeat(Math.ceil(length / piece.length))
    .slice(0, length)
    .toWellFormed()

const checkBounds = (content: string): void => {
  const html = renderContent(content)
  expect(Buffer.byteLength(html)).to.be.at.most(maxHtmlBytes(content))
  const cpu = cpuTimeOf(() => renderContent(content), MAX_CPU_MS)
  expect(cpu, `ms of CPU for ${JSON.stringify(content.slice(0, 60))}`).to.be.below(MAX_CPU_MS)
}

describe('rendering is bounded', () => {
  it('for any repeated piece of markup in a message of maximum length, in CPU and size', () => {
    for (const piece of PIECES) {
      checkBounds(filled(piece))
      checkBounds(filled(`x${piece}`))
      checkBounds(filled(piece, MAX_LENGTH / 2) + filled('a', MAX_LENGTH / 2))
    }
  }).timeout(120_000)

  it('for any mix of pieces', () => {
    const piece = fc.constantFrom(...PIECES)
    const mixed = fc
      .array(fc.tuple(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) =>
        parts.map(([pieces, share]) => filled(pieces.join(''), MAX_LENGTH / (share * parts.length))).join(''),
      )
    fc.assert(fc.property(mixed, checkBounds), { numRuns: 60 })
  }).timeout(120_000)

  it('a message with more markup than the limit is shown as plain text', () => {
    for (const content of [
      '- a\n'.repeat(2_500),
      '['.repeat(5_000),
      '[a](http://a.example) '.repeat(450),
      '> '.repeat(40) + 'a',
    ]) {
      expect(markdownToHtml(content), content.slice(0, 20)).to.equal(null)
      expect(renderContent(content)).to.equal(renderEscaped(content))
    }
    expect(renderEscaped('<b>\n\n- &')).to.equal('<p>&lt;b&gt;</p>\n<p>- &amp;</p>')
  })

  it('a message whose HTML would exceed eight times its length is shown as plain text', () => {
    const content = '<a@b.c>'.repeat(260)
    expect(markdownToHtml(content)).to.include('<a href')
    expect(renderContent(content)).to.equal(renderEscaped(content))
  })

  it('long messages of ordinary text keep their markup', () => {
    const list = Array.from({ length: 200 }, (_, index) => `- **${index}** see https://a.example/${index}`).join('\n')
    const code = '```\n' + 'if (a[i] < b[j]) { c = `x` }\n'.repeat(300) + '```'
    const prose = 'A _long_ text with `code`, **strong words** and a [link](https://a.example).\n\n'.repeat(120)
    for (const content of [list, code, prose]) {
      expect(content.length).to.be.below(MAX_LENGTH)
      expect(renderContent(content)).to.match(/<(?:strong|pre|em)>/)
    }
  })
})
