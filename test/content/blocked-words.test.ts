import { expect } from 'chai'
import fc from 'fast-check'
import { cpuTimeOf } from '../support/cpu-time.js'
import { createBlockedWords } from '../../src/content/blocked-words.js'
import { maskFound } from '../../src/content/mask-found.js'

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
      'darn_count',
      'x_darn',
      'darn.example.com',
      'd a r n i n g',
      'b.o.o.k.s',
      'a s s e t',
      'g r a s s',
    ]
    expect(innocent.filter((text) => blocked.areIn(text))).to.deep.equal([])
  })

  const hell = createBlockedWords(['hell', 'shed*', '傻瓜'], ['Sheddable'])

  it('are whole words by Unicode’s word boundaries', () => {
    const found = [
      'hell',
      'Hell’s',
      "hell's",
      '_hell_',
      '__hell__',
      '"hell"',
      'hell-bent',
      'h e l l',
      'say h.e.l.l now',
      '你是傻瓜吗',
      '\u3164hell',
      '\u200bhell\u200b',
      'hell\u0336',
    ]
    expect(found.filter((text) => !hell.areIn(text))).to.deep.equal([])
    const innocent = [
      "he'll",
      'he’ll',
      'HEʼLL',
      'we’ll',
      'shell',
      'h e l l o',
      'H-E-L-L-O',
      's h e l l',
      'hello',
      "hell'o",
      'hell_o',
      'he ll',
      'x\u200bhell',
      'hell\u200bo',
    ]
    expect(innocent.filter((text) => hell.areIn(text))).to.deep.equal([])
  })

  it('are not blocked where they are allowed, as they are written there, in any case', () => {
    expect(hell.areIn('sheddable SHEDDABLE ｓheddable')).to.equal(false)
    expect(hell.mask('sheddable sheds sh3ddable')).to.equal('sheddable ••••• •••••••••')
  })

  it('a message made of them takes little CPU: some 25 ms alone, with room for a busy machine', () => {
    for (const piece of ['darn ', 'heck', 'h e c k ', 'ASSass', 'foul play', 'd.a.r.n', 'a', "he'll ", 'heck\u200b']) {
      const text = piece.repeat(Math.floor(10_000 / piece.length))
      expect(
        cpuTimeOf(() => blocked.mask(text), 150),
        piece,
      ).to.be.below(150)
    }
  })

  it('are masked, and nothing else', () => {
    expect(blocked.mask('Oh dаrn, the class! d.a.r.n 👋 daaarn')).to.equal('Oh ••••, the class! ••••••• 👋 ••••••')
    expect(blocked.mask('𝐝𝐚𝐫𝐧 it')).to.match(/^•+ it$/)
    expect(blocked.mask('a heckler, heck! and a check')).to.equal('a •••••••, ••••! and a check')
  })

  it('a message that needs repeated searches is masked after a few searches', () => {
    for (const chain of ['heck', 'h e c k ', 'heck1', 'heck\u200b', 'heck$', 'darn', 'darnheck', 'heck.a s s']) {
      const text = chain.repeat(25)
      let searches = 0
      const masked = maskFound(text, (given) => {
        searches++
        return blocked.spansIn(given)
      })
      expect(searches, chain).to.be.at.most(4)
      expect(blocked.areIn(masked), chain).to.equal(false)
      expect(blocked.mask(text), chain).to.equal(masked)
    }
  })

  it('a text in which every search finds something is masked completely', () => {
    let searches = 0
    const nextWord = (): { from: number; to: number }[] => [{ from: 4 * searches, to: 4 * searches++ + 3 }]
    expect(maskFound('abc '.repeat(10), nextWord)).to.equal('••• '.repeat(10))
    expect(searches).to.equal(4)
  })

  it('masked words are not found again, and a text without them is not changed', () => {
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
