import { expect } from 'chai'
import { asciiHost, displayedHost } from '../../src/content/displayed-host.js'

describe('a host name as it is shown', () => {
  const unicode = ['bücher.example', 'пример.рф', 'яндекс.рф', 'ελλάδα.example', '日本語.jp', 'パーレイ.example', '한국.kr', 'straße.example', 'łódź.pl'] // prettier-ignore
  for (const host of unicode) {
    it(`is in Unicode where that is unambiguous: ${host}`, () => {
      expect(displayedHost(asciiHost(host))).to.equal(host)
      expect(displayedHost(host)).to.equal(host)
    })
  }

  const lookAlikes = {
    'all of it Cyrillic that looks Latin': 'аррӏе.com',
    'a word of Cyrillic look-alikes': 'сосо.com',
    'one Cyrillic letter among Latin ones': 'pаypal.com',
    'Greek that looks Latin': 'ονοιρ.com',
    'a dotless i': 'lıkedın.com',
    'a letter that is no ASCII one': 'ɡoogle.com',
    'Latin beside Japanese': 'example.comノlogin.jp',
    'a stroke that passes for a slash': 'ノ.example',
    'a long vowel mark that passes for a hyphen': 'ー.example',
    'an alphabet that is not judged': 'օօօ.com',
    'a text that runs from right to left': 'مثال.com',
    'a mark on a letter': 'go\u0323ogle.com',
    'a thorn': 'þaypal.com',
  }
  for (const [what, host] of Object.entries(lookAlikes)) {
    it(`is in punycode otherwise: ${what}`, () => {
      expect(displayedHost(host))
        .to.match(/xn--/)
        .and.not.match(/[^\0-\x7f]/)
    })
  }

  it('in another form is shown as the name that is resolved', () => {
    expect(displayedHost('ｇｏｏｇｌｅ.com')).to.equal('google.com')
    expect(displayedHost('𝐠𝐨𝐨𝐠𝐥𝐞.com')).to.equal('google.com')
  })

  it('in ASCII, or none at all, is shown as it was written', () => {
    for (const host of ['A.example', '[::1]', '10.0.0.1', 'xn--', 'a_b.example', ''])
      expect(displayedHost(host)).to.equal(host)
  })
})
