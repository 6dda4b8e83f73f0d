import { expect } from 'chai'
import fc from 'fast-check'
import { searchWords } from '../../src/content/search-words.js'

const folded = (text: string): string[] => searchWords(text).map((word) => word.folded)
const signed = (text: string): (string | undefined)[] => searchWords(text).map((word) => word.signed)

describe('words of a text, as search knows them', () => {
  it('have no case and no accents, and are compared by their first 64 characters', () => {
    expect(folded('Über, CAFÉ no. 7!')).to.deep.equal(['uber', 'cafe', 'no', '7'])
    expect(folded('x'.repeat(100))).to.deep.equal(['x'.repeat(64)])
  })

  it('have their position in the text', () => {
    const text = 'How are you, Zoë?'
    expect(searchWords(text).map(({ from, to }) => text.slice(from, to))).to.deep.equal(['How', 'are', 'you', 'Zoë'])
  })

  it('fold the same whether or not a letter beside them has an accent', () => {
    const latin = fc.stringMatching(/^[A-Za-z0-9]{1,63}$/)
    fc.assert(
      fc.property(latin, (word) => {
        expect([`e${folded(word).join()}`]).to.deep.equal(folded(`é${word}`))
      }),
    )
  })

  it('are the same in a text of ASCII, which has a way of its own', () => {
    const ascii = fc.string({ unit: fc.constantFrom(...Array.from('aZ09 .#+-_*@/\n\t')), maxLength: 12 })
    const ideographicSpace = '\u3000'
    fc.assert(
      fc.property(fc.oneof(ascii, fc.string({ unit: 'binary-ascii' })), (text) => {
        expect(searchWords(text)).to.deep.equal(searchWords(text + ideographicSpace))
      }),
      { numRuns: 2_000 },
    )
  })

  it('keep marks that are letters, or parts of them', () => {
    const different = [
      ['バス', 'パス', 'ハス'],
      ['दिन', 'दान', 'दूना', 'दन'],
      ['เก็บ', 'เกบ'],
      ['ແມ່', 'ແມ'],
      ['កា', 'កិ', 'ក'],
      ['မိ', 'မာ', 'မ'],
      ['བོད', 'བད'],
      ['தமிழ்', 'தமழ'],
    ]
    for (const words of different)
      expect(new Set(words.map((word) => folded(word).join(' '))).size, words[0]).to.equal(words.length)
    expect(folded('ﾊﾞｽ')).to.deep.equal(folded('バス'))
    expect(folded('バス'.normalize('NFD'))).to.deep.equal(folded('バス'))
  })

  it('lose accents, and the vowel points of Arabic and Hebrew', () => {
    const same = [
      ['naïve', 'naive'],
      ['Άνθρωπος', 'ανθρωποσ', 'ΑΝΘΡΩΠΟΣ'],
      ['ёлка', 'елка'],
      ['كِتَاب', 'كتاب', 'كـتـاب'],
      ['שָׁלוֹם', 'שלום'],
      ['straße', 'STRASSE', 'STRAẞE', 'strasse'],
      ['ISPARTA', 'ısparta', 'İsparta', 'isparta'],
      ['cœur', 'coeur'],
      ['Ærø', 'aero'],
      ['smørrebrød', 'smorrebrod'],
      ['łódź', 'lodz'],
      ['ｆｕｌｌ', 'full'],
    ]
    for (const [first, ...others] of same)
      for (const other of others) expect(folded(other), other).to.deep.equal(folded(first!))
  })

  it('ignore invisible characters', () => {
    for (const invisible of ['\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u034f', '\u{e0001}'])
      expect(folded(`pass${invisible}word`), invisible.codePointAt(0)!.toString(16)).to.deep.equal(['password'])
    expect(folded('\u200b \u00ad')).to.deep.equal([])
  })

  it('are single characters in scripts without spaces, and in Korean', () => {
    expect(folded('東京タワー')).to.deep.equal(['東', '京', 'タ', 'ワ', 'ー'])
    expect(folded('보고서를')).to.deep.equal(['보', '고', '서', '를'])
    expect(folded('スーパーMario')).to.deep.equal(['ス', 'ー', 'パ', 'ー', 'mario'])
  })

  it('include emoji, in any skin tone and presentation', () => {
    expect(folded('well 👍🏽!')).to.deep.equal(['well', '👍'])
    expect(folded('👍️👍🏿')).to.deep.equal(['👍', '👍'])
    expect(folded('👨‍👩‍👧')).to.have.length(1)
    expect(folded('🇩🇪 🇫🇷')).to.deep.equal(['🇩🇪', '🇫🇷'])
    expect(folded('❤')).to.deep.equal(folded('❤️'))
  })

  it('keep distinguishing signs', () => {
    expect(signed('c c++ C# .NET #123 --force -5')).to.deep.equal([
      undefined,
      'c++',
      'c#',
      '.net',
      '#123',
      '--force',
      '-5',
    ])
    expect(signed('foo-bar foo_bar a.b a+b -item C:\\temp ada@example.org')).to.deep.equal(
      new Array(14).fill(undefined),
    )
  })

  it('are found in time linear in the text', () => {
    const hostile = [
      'a\u200b'.repeat(5_000),
      '\u200d'.repeat(10_000),
      '👨‍'.repeat(3_000),
      '-'.repeat(10_000),
      'é\u0301'.repeat(5_000),
    ]
    for (const text of hostile) expect(searchWords(text).length).to.be.at.most(text.length)
  })
})
