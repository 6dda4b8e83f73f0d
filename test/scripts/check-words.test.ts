import { expect } from 'chai'

interface Found {
  line: number
  word: string
  instead: string
}

describe('the check of words', () => {
  let findWords: (text: string, file?: string) => Found[]
  let vocabulary: [RegExp, string][]
  before(async () => {
    const script = (name: string): string => new URL(`../../../scripts/${name}.js`, import.meta.url).href
    findWords = ((await import(script('check-words'))) as { findWords: typeof findWords }).findWords
    vocabulary = ((await import(script('vocabulary'))) as { vocabulary: typeof vocabulary }).vocabulary
  })

  const words = (text: string): string[] => findWords(text).map(({ word }) => word)

  it('finds a private word with its line and what to say instead', () => {
    expect(findWords('const a = 1\n/** The doer of an event. */')).to.deep.equal([
      { line: 2, word: 'doer', instead: 'actor' },
    ])
  })

  it('finds identifiers, however they are written', () => {
    expect(words('interface ChatStanding {}')).to.deep.equal(['ChatStanding'])
    expect(words('const MOST_PINS = 50')).to.deep.equal(['MOST_P'])
    expect(words('events.noteChats()')).to.deep.equal(['noteChats'])
  })

  it('passes ordinary English that only looks alike', () => {
    const ordinary = [
      'a long-standing request',
      'most pins',
      'aggregates propagate',
      'investigate, delegate',
      'personal data',
      'foresight',
      'turns out well',
      'a label of a string',
      'a ring buffer',
      'an essay',
      'the wallet',
      'recommended',
    ]
    expect(ordinary.filter((text) => words(text).length > 0)).to.deep.equal([])
  })

  it('has patterns without state, and a word to say for each', () => {
    for (const [pattern, instead] of vocabulary) {
      expect(pattern.flags, String(pattern)).not.to.match(/[gy]/)
      expect(instead).not.to.equal('')
    }
  })
})
