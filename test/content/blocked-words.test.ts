import { expect } from 'chai'
import fc from 'fast-check'
import { RegExpMatcher } from 'obscenity'
import { createBlockedWords } from '../../src/content/blocked-words.js'

const blocked = createBlockedWords(['darn', 'ass', 'sass', 'heck*', 'book', 'дурак', 'foul play'])

describe('blocked words', () => {
  const found = {
    'as they are': [
      'darn',
      'Darn!',
      'DARN',
      '(darn)',
      '"darn"',
      'oh darn.',
      'darn, no',
      'дурак',
      'a foul play',
      'darn\nit',
      '!darn!',
    ],
    'with look-alikes': ['dаrn', 'ｄａｒｎ', '𝐝𝐚𝐫𝐧', 'ⓓⓐⓡⓝ', 'dárn', 'ÐARN'],
    'with digits and signs for letters': ['d4rn', 'd@rn', 'a$$', 'a55', 'b00k', 'h3ck'],
    'with characters that nobody sees': [
      'da\u200brn',
      'd\u00ada\u2060r\ufeffn',
      'd\u0336a\u0336r\u0336n\u0336',
      'da\u3164rn',
      '\u202edarn',
      'dar\ufe0fn',
    ],
    'with letters repeated': ['daaaarn', 'ddarnnn', 'DdAaRrNn', 'asss', 'aass', 'booook', 'ssass'],
    'with letters spaced out': [
      'd a r n',
      'd.a.r.n',
      'd-a-r-n',
      'd_a_r_n',
      'd * a * r * n',
      'da.rn',
      'd a r n',
      'd 4 r n',
      'a s s',
      'D  A  R  N',
    ],
    'through Markdown': ['**darn**', 'd**ar**n', '`darn`', '[darn](https://a.example)', '~~d~~arn'],
    'beginning a word, where that is asked for': ['heck', 'heckler', 'hecking', 'h3ckl3r'],
  }
  for (const [how, texts] of Object.entries(found)) {
    it(`are found ${how}`, () => {
      expect(texts.filter((text) => !blocked.areIn(text))).to.deep.equal([])
    })
  }

  it('are not found within ordinary words, across them, or in numbers', () => {
    const innocent = [
      'class',
      'assess the grass',
      'darning',
      'goddarn',
      'check the hecatomb',
      'bookkeeper',
      'as',
      'as is',
      'as so',
      'bok',
      'a sage',
      "it's as simple",
      'a s',
      'sad arnold',
      'd arnold',
      'dad arnica',
      'code 455',
      'room 800k',
      'das s',
      'was so',
      'bass',
      'ass1',
      '1darn',
      'dar\nn',
      'd.... a.... r.... n',
      'foul. play',
      'd\na\nr\nn',
      'da rn',
      'foulplay2',
    ]
    expect(innocent.filter((text) => blocked.areIn(text))).to.deep.equal([])
  })

  it('are masked, and nothing else is', () => {
    expect(blocked.mask('Oh dаrn, the class! d.a.r.n 👋 daaarn')).to.equal('Oh ••••, the class! ••••••• 👋 ••••••')
    expect(blocked.mask('𝐝𝐚𝐫𝐧 it')).to.match(/^•+ it$/)
    expect(blocked.mask('a heckler, heck! and a check')).to.equal('a •••••••, ••••! and a check')
  })

  it('a message made to be looked at again and again is masked in a few looks', () => {
    const { getAllMatches } = RegExpMatcher.prototype
    let looks = 0
    RegExpMatcher.prototype.getAllMatches = function (...args) {
      looks++
      return getAllMatches.apply(this, args)
    }
    try {
      for (const chain of ['heck', 'h e c k ', 'heck1', 'heck\u200b', 'heck$', 'darn', 'darnheck', 'heck.a s s']) {
        const masked = blocked.mask(chain.repeat(25))
        expect(looks, chain).to.be.at.most(8)
        looks = 0
        expect(blocked.areIn(masked), chain).to.equal(false)
        looks = 0
      }
    } finally {
      RegExpMatcher.prototype.getAllMatches = getAllMatches
    }
  })

  it('what is masked is found no more, and a text without them stays as it is', () => {
    const texts = fc
      .array(fc.constantFrom('d', 'a', 'r', 'n', 's', 'A', '4', '$', ' ', '.', '\u200b', '\n', 'darn', '𝐝'))
      .map((all) => all.join(''))
    fc.assert(
      fc.property(texts, (text) => {
        const masked = blocked.mask(text)
        expect(blocked.areIn(masked)).to.equal(false)
        expect(masked).to.have.length(text.length)
        if (!blocked.areIn(text)) expect(masked).to.equal(text)
      }),
      { numRuns: 2_000 },
    )
  })

  it('an empty list blocks nothing', () => {
    expect(createBlockedWords([]).areIn('darn')).to.equal(false)
  })
})
