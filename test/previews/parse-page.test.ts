import { expect } from 'chai'
import fc from 'fast-check'
import { cleanText } from '../../src/previews/clean-text.js'
import { decodePage } from '../../src/previews/decode-page.js'
import { parsePage } from '../../src/previews/parse-page.js'

const PAGE = 'https://a.example/deep/page'
const parse = (html: string) => parsePage(html, PAGE)
const NOTHING = { title: null, description: null, imageUrl: null }

describe('what a page says of itself', () => {
  it('is its Open Graph title, description and image', () => {
    const html = `<head><title>Plain</title><meta name="description" content="plain">
      <meta property="og:title" content="Open &amp; graph"><meta property="og:description" content=" two
      lines "><meta property="og:image" content="/pic.png?a=1&amp;b=2"></head>`
    expect(parse(html)).to.deep.equal({
      title: 'Open & graph',
      description: 'two lines',
      imageUrl: 'https://a.example/pic.png?a=1&b=2',
    })
  })

  it('is its title and description where there is nothing else, in any markup', () => {
    expect(parse('<TITLE>One\n Two</TITLE><META NAME=Description CONTENT=three>')).to.deep.equal({
      ...NOTHING,
      title: 'One Two',
      description: 'three',
    })
    expect(parse('<title>unclosed')).to.include({ title: 'unclosed' })
    expect(parse('<title>A < B</title>')).to.include({ title: 'A < B' })
    expect(parse('no markup at all')).to.deep.equal(NOTHING)
  })

  it('is the first of each, and nothing of the body', () => {
    const html = `<head><title>First</title><title>Second</title></head>
      <body><meta property="og:title" content="Planted"><title>Third</title></body>`
    expect(parse(html)).to.deep.equal({ ...NOTHING, title: 'First' })
    expect(parse('<body><title>Late</title>')).to.deep.equal(NOTHING)
  })

  it('is bounded', () => {
    const { title, description } = parse(
      `<title>${'😀'.repeat(300)}</title><meta name="description" content="${'b'.repeat(20_000)}">`,
    )
    expect([title, description]).to.deep.equal(['😀'.repeat(255), 'b'.repeat(500)])
  })

  it('an image is http(s), without credentials and of limited length, or left out', () => {
    const imageOf = (url: string) => parse(`<meta property="og:image" content="${url}">`).imageUrl
    expect(imageOf('HTTP://b.example/c.png')).to.equal('http://b.example/c.png')
    expect(imageOf('//b.example/c.png')).to.equal('https://b.example/c.png')
    for (const url of [
      'javascript:alert(1)',
      'data:image/svg+xml,x',
      'ftp://b.example/c',
      'https://me@b.example/c',
      'https://',
      '',
    ])
      expect(imageOf(url), url).to.equal(null)
    expect(imageOf(`https://b.example/${'c'.repeat(3_000)}`)).to.equal(null)
  })

  it('markup within it stays text', () => {
    expect(parse('<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>').title).to.equal('<script>alert(1)</script>')
  })

  it('any bytes can be parsed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { title } = parse(`<title>${decodePage(Buffer.from(bytes), 'text/html')}`)
        expect(title === null || title.isWellFormed()).to.equal(true)
      }),
    )
  })
})

describe('a text for a preview', () => {
  it('is one line without control, bidirectional and invisible characters', () => {
    expect(cleanText('a\u0000b\r\n\tc\u001b[0m', 50)).to.equal('ab c[0m')
    expect(cleanText('safe\u202Egpj.exe\u2066\u2069\u200f\u061c', 50)).to.equal('safegpj.exe')
    expect(cleanText('z\u200be\ufeffr\u00ado\u2060', 50)).to.equal('zero')
    expect(cleanText('\ud800x', 50)).to.equal('\ufffdx')
    expect(cleanText('👩\u200d👩\u200d👧 नमस्\u200dते', 50)).to.equal('👩\u200d👩\u200d👧 नमस्\u200dते')
    expect(cleanText(' \u200b\n ', 50)).to.equal(null)
    expect(cleanText('ab cd', 3)).to.equal('ab')
  })
})

describe('the encoding of a page', () => {
  const latin1 = (html: string, contentType = 'text/html') => decodePage(Buffer.from(html, 'latin1'), contentType)
  const E = '\u00e9'

  it('is that of its byte order mark, whatever header and page say', () => {
    const page = `<meta charset=utf-16><title>${E}`
    expect(decodePage(Buffer.from(`\ufeff${page}`), 'text/html; charset=iso-8859-1')).to.equal(page)
    expect(decodePage(Buffer.from(`\ufeff${E}`, 'utf16le'), 'text/html; charset=utf-8')).to.equal(E)
  })

  it('is that of the header before that of the page', () => {
    for (const charset of ['ISO-8859-1', '"iso-8859-1"', 'latin1 ; x=y', 'windows-1252']) {
      expect(latin1(`<meta charset=utf-8>${E}`, `text/html;charset=${charset}`), charset).to.include(E)
    }
    expect(decodePage(Buffer.from('<meta charset=latin1>\u00e9'), 'text/html; charset=utf-8')).to.include(E)
  })

  it('is that of a meta element in the first 1,024 bytes', () => {
    expect(latin1(`<meta charset="iso-8859-1"><title>${E}`)).to.include(E)
    expect(latin1(`<META http-equiv=Content-Type content='text/html; charset=iso-8859-1'>${E}`)).to.include(E)
    expect(latin1(`${' '.repeat(1_100)}<meta charset=iso-8859-1>${E}`)).to.include('\ufffd')
    expect(decodePage(Buffer.from([0x3c, 0x6d, 0x65, 0x74, 0x61, 0x20, ...Buffer.from('charset=shift_jis>'), 0x83, 0x70]), 'text/html')).to.include('パ') // prettier-ignore
  })

  it('is not taken from a comment, a script or other text', () => {
    expect(decodePage(Buffer.from(`<!-- <meta charset=iso-8859-1> --><title>${E}`), 'text/html')).to.include(E)
    expect(decodePage(Buffer.from(`<script>let a = "<meta charset=iso-8859-1>"</script>${E}`), 'text/html')).to.include(
      E,
    )
    expect(decodePage(Buffer.from(`<p>charset=iso-8859-1</p>${E}`), 'text/html')).to.include(E)
    expect(decodePage(Buffer.from(`<meta content="charset=iso-8859-1">${E}`), 'text/html')).to.include(E)
    expect(decodePage(Buffer.from(`<!-- <meta charset=utf-8> --><meta charset=iso-8859-1>${E}`, 'latin1'), 'text/html')).to.include(E) // prettier-ignore
  })

  it('is the next of these where a label is unknown, and UTF-8 by default', () => {
    expect(latin1(`<meta charset=iso-8859-1>${E}`, 'text/html; charset=klingon')).to.include(E)
    for (const charset of ['klingon', 'constructor', '""', '']) {
      expect(decodePage(Buffer.from(E), `text/html; charset=${charset}`), charset).to.equal(E)
    }
    expect(decodePage(Buffer.from(`<meta charset=klingon>${E}`), 'text/html')).to.include(E)
    expect(decodePage(Buffer.from([0xff]), 'text/html')).to.equal('\ufffd')
  })
})
