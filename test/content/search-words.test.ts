import { expect } from 'chai'
import fc from 'fast-check'
import { searchWords } from '../../src/content/search-words.js'

const folded = (text: string): string[] => searchWords(text).map((word) => word.folded)

describe('words of a text, as search knows them', () => {
  it('have no case and no accents, and are told apart by their first 64 characters', () => {
    expect(folded('Über, CAFÉ no. 7!')).to.deep.equal(['uber', 'cafe', 'no', '7'])
    expect(folded('x'.repeat(100))).to.deep.equal(['x'.repeat(64)])
  })

  it('stand where they stand in the text', () => {
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
})
