import { expect } from 'chai'
import fc from 'fast-check'
import { nearWords } from '../../src/content/near-words.js'

const letters = Array.from('abcdefghijklmnopqrstuvwxyz')

describe('near words', () => {
  it('one extra, missing or wrong letter or two swapped letters are similar', () => {
    const word = fc.array(fc.constantFrom(...letters), { minLength: 5, maxLength: 20 })
    const slips = fc.tuple(
      fc.constantFrom('extra', 'missing', 'wrong', 'swapped'),
      fc.nat(),
      fc.constantFrom(...letters),
    )
    fc.assert(
      fc.property(word, slips, (meant, [slip, place, letter]) => {
        const at = place % (meant.length - 1)
        const typed = [...meant]
        if (slip === 'extra') typed.splice(at, 0, letter)
        if (slip === 'missing') typed.splice(at, 1)
        if (slip === 'wrong') typed[at] = letter
        if (slip === 'swapped') typed.splice(at, 2, meant[at + 1]!, meant[at]!)
        if (typed.join('') === meant.join('')) return
        expect(nearWords(typed.join(''))).to.include(meant.join(''))
      }),
    )
  })

  it('none is the word itself, and none comes twice', () => {
    const near = nearWords('hello')
    expect(near).not.to.include('hello')
    expect(new Set(near).size).to.equal(near.length)
  })

  it('in other scripts too; where the alphabet is not known, as far as letters of the word itself go', () => {
    expect(nearWords('превет')).to.include('привет')
    expect(nearWords('καλημρα')).to.include('καλημερα')
    expect(nearWords('grnland')).to.include('gronland')
    expect(nearWords('한국한국어')).to.include.members(['한국국어', '국한한국어'])
  })

  it('short and very long words, and what has digits, are meant as they stand', () => {
    for (const word of ['cat', 'a'.repeat(25), 'abc123', '2026', '']) expect(nearWords(word), word).to.deep.equal([])
  })
})
