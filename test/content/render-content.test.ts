import { expect } from 'chai'
import fc from 'fast-check'
import { linksIn } from '../../src/content/links.js'
import { renderPlainText } from '../../src/content/plain-text.js'
import { createContentRenderer, renderContent, renderMarkdown } from '../../src/content/render-content.js'

const REL = 'rel="noopener noreferrer nofollow ugc"'

/** Texts in which the characters that matter come often, beside anything that Unicode has. */
const texts = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...Array.from('abcZ019 .,!?:;()/-+"\'=|#$%^{}\n\n  ')) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'http:',
          'https://a.example',
          'www.a.example',
          'a@b.example',
          '1. ',
          '- ',
          ' _a_ ',
          '**b**',
          '~~c~~',
          '`d`',
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom(...Array.from('*_~`<>[]\\&\t\u00a0\u2028\u3000\ufeff\r\v\0')) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('contentHtml', () => {
  it('plain text takes the short way to exactly what the long way gives', () => {
    let plain = 0
    fc.assert(
      fc.property(texts, (text) => {
        const short = renderPlainText(text)
        if (short === null) return
        plain++
        expect(short).to.equal(renderMarkdown(text))
      }),
      { numRuns: 5_000 },
    )
    expect(plain).to.be.greaterThan(500)
  })

  it('everyday messages are plain', () => {
    for (const text of [
      'Hello Bob, how are you?',
      'It\'s 10:30 (or 11); "maybe".\n\nSee you! :)',
      '你好 👋🏽',
      '50% + $3 = ok',
    ]) {
      expect(renderPlainText(text), text).to.be.a('string')
    }
  })

  it('whatever comes in, only the allowed tags and attributes come out', () => {
    const allowed =
      /^(?:[^<>]|<\/?(?:p|em|strong|s|code|pre|ul|ol|li|blockquote)>|<br \/>|<ol start="\d+">|<a href="(?:https?:\/\/|mailto:)[^"<>]*" rel="noopener noreferrer nofollow ugc">|<\/a>)*$/i
    fc.assert(
      fc.property(texts, (text) => {
        expect(renderContent(text)).to.match(allowed)
      }),
      { numRuns: 2_000 },
    )
  })

  const cases: [title: string, content: string, html: string][] = [
    [
      'emphasis, strong, strike and code',
      '*a* **b** ~~c~~ `d`',
      '<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>',
    ],
    ['lines and paragraphs', 'a\nb\n\nc', '<p>a<br />b</p>\n<p>c</p>'],
    ['a list', '- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>'],
    ['a numbered list keeps its first number', '3. a', '<ol start="3">\n<li>a</li>\n</ol>'],
    ['a quote', '> a', '<blockquote>\n<p>a</p>\n</blockquote>'],
    [
      'fenced code, without its language',
      '```js x\na < b && c > d\n```',
      '<pre><code>a &lt; b &amp;&amp; c &gt; d\n</code></pre>',
    ],
    [
      'a link by itself',
      'see https://a.example/?b=1&c=2.',
      `<p>see <a href="https://a.example/?b=1&amp;c=2" ${REL}>https://a.example/?b=1&amp;c=2</a>.</p>`,
    ],
    [
      'a link with a text, without its title',
      '[b](http://a.example "c")',
      `<p><a href="http://a.example" ${REL}>b</a></p>`,
    ],
    ['an address', '<me@a.example>', `<p><a href="mailto:me@a.example" ${REL}>me@a.example</a></p>`],
    ['another scheme is text', '[b](javascript:alert(1)) ftp://a //a', '<p>[b](javascript:alert(1)) ftp://a //a</p>'],
    ['a relative link is text', '[b](/c) [d](#e)', '<p>[b](/c) [d](#e)</p>'],
    ['an image is no image', '![b](https://a.example/c.png)', `<p>!<a href="https://a.example/c.png" ${REL}>b</a></p>`],
    ['HTML is text', '<b onclick="x()">&amp;</b>', '<p>&lt;b onclick="x()"&gt;&amp;amp;&lt;/b&gt;</p>'],
    [
      'a link that begins with www., which leads to https',
      'see www.a.example/b, WWW.c.example.',
      `<p>see <a href="https://www.a.example/b" ${REL}>www.a.example/b</a>, <a href="https://WWW.c.example" ${REL}>WWW.c.example</a>.</p>`,
    ],
    ['what only looks so is text', 'www. awww.a.example me@www.a.example www.b@a.example ftp://www.a.example www.a', '<p>www. awww.a.example me@www.a.example www.b@a.example ftp://www.a.example www.a</p>'], // prettier-ignore
    ['strong and emphasis beside Chinese, Japanese and Korean punctuation', '**「太字」**です **（注）**と *『本』*が **한국어(Korean)**는', '<p><strong>「太字」</strong>です <strong>（注）</strong>と <em>『本』</em>が <strong>한국어(Korean)</strong>는</p>'], // prettier-ignore
    [
      'headings, rules, tables and definitions are text',
      '# a\n---\n|b|\n|-|\n[c]: d',
      '<p># a<br />---<br />|b|<br />|-|<br />[c]: d</p>',
    ],
    [
      'mentions are text',
      '<@all> <@0a000000-0000-4000-8000-000000000001>',
      '<p>&lt;@all&gt; &lt;@0a000000-0000-4000-8000-000000000001&gt;</p>',
    ],
  ]
  for (const [title, content, html] of cases) {
    it(title, () => {
      expect(renderContent(content)).to.equal(html)
    })
  }

  const targets: [why: string, content: string, href: string, shown: string][] = [
    ['with an opening bracket alone', 'http://a.example/testing(1', 'http://a.example/testing(1', 'http://a.example/testing(1'],
    ['with another one', 'http://a.example/a[1', 'http://a.example/a%5B1', 'http://a.example/a[1'],
    ['with both brackets', 'http://a.example/a_(b)', 'http://a.example/a_(b)', 'http://a.example/a_(b)'],
    ['without user information', 'https://user:pass@a.example/', 'https://a.example/', 'https://a.example/'],
    ['without a user name that looks like a host', 'https://b.example@a.example', 'https://a.example', 'https://a.example'],
    ['however long it is', `https://b.example:${'c'.repeat(300)}@a.example`, 'https://a.example', 'https://a.example'],
    ['in angle brackets too', '<https://user@a.example/b>', 'https://a.example/b', 'https://a.example/b'],
    ['and with a text', '[b](https://user:pass@a.example/)', 'https://a.example/', 'b'],
    ['with an IPv6 address', 'http://[2001:db8::1]:80/b', 'http://[2001:db8::1]:80/b', 'http://[2001:db8::1]:80/b'],
    ['with a host in Unicode', 'https://bücher.example/ü', 'https://xn--bcher-kva.example/%C3%BC', 'https://bücher.example/ü'],
    ['with a look-alike host', 'https://аррӏе.com/', 'https://xn--80ak6aa92e.com/', 'https://xn--80ak6aa92e.com/'],
    ['with a look-alike host in punycode', 'https://xn--80ak6aa92e.com/', 'https://xn--80ak6aa92e.com/', 'https://xn--80ak6aa92e.com/'],
    ['with an address at a look-alike host', '<a@xn--80ak6aa92e.com>', 'mailto:a@xn--80ak6aa92e.com', 'a@xn--80ak6aa92e.com'],
    ['with signs that nobody sees', 'http://a.example/%E2%80%AE%C2%A0b', 'http://a.example/%E2%80%AE%C2%A0b', 'http://a.example/%E2%80%AE%C2%A0b'],
  ] // prettier-ignore
  for (const [why, content, href, shown] of targets) {
    it(`a link ${why}`, () => {
      expect(renderContent(content)).to.equal(`<p><a href="${href}" ${REL}>${shown}</a></p>`)
    })
  }

  it('a link never ends in the host of a user name, and never goes on behind a backslash', () => {
    expect(renderContent('https://b.example\\@a.example')).to.include('href="https://b.example"')
    expect(renderContent('[c](https://b.example\\\\@a.example)')).not.to.match(/href="[^"]*a\.example/)
  })

  it('no link bears user information, by whatever parser it is read', () => {
    const parts = fc.constantFrom('http://', 'https://', '<', '>', '[a](', ')', '@', ':', '\\', '/', '?', '#', 'a.example', 'b', 'www.', 'mailto:', '%40', '[', ']', '\t', ' ', '中') // prettier-ignore
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (some) => {
        for (const [, href = ''] of renderContent(some.join('')).matchAll(/href="([^"]*)"/g)) {
          const { username, password } = new URL(href.replaceAll('&amp;', '&'))
          expect(username + password, href).to.equal('')
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('what is masked is masked in all of the rendering, also where it had been rendered before', () => {
    const { renderContent: render } = createContentRenderer((content) => content.replaceAll('bad', '•••'))
    expect([render('bad'), render('**bad**'), render('bad')]).to.deep.equal([
      '<p>•••</p>',
      '<p><strong>•••</strong></p>',
      '<p>•••</p>',
    ])
  })
})

describe('what is kept of renderings', () => {
  it('is asked for no second time, and dropped when somebody’s words are gone', () => {
    let asked = 0
    const { renderContent: render, forget } = createContentRenderer((content) => {
      asked++
      return content
    })
    expect([render('*a*'), render('*a*'), asked]).to.deep.equal(['<p><em>a</em></p>', '<p><em>a</em></p>', 1])
    forget()
    render('*a*')
    expect(asked).to.equal(2)
  })
})

describe('the links in a content', () => {
  it('are those that its rendering shows, each once, in their order, up to the bound', () => {
    const content = 'https://b.example [x](HTTP://A.example) https://b.example mailto:a@b.example https://c.example'
    expect(linksIn(content, 3)).to.deep.equal(['https://b.example', 'HTTP://A.example', 'https://c.example'])
    expect(linksIn(content, 2)).to.have.length(2)
  })

  it('are not those in code, and none where there is no scheme', () => {
    expect(linksIn('`https://a.example`\n```\nhttps://b.example\n```', 3)).to.deep.equal([])
    expect(linksIn('a.example', 3)).to.deep.equal([])
  })

  it('lead where the rendering leads: www. names to https, none with user information', () => {
    expect(linksIn('www.a.example https://me:secret@b.example/', 3)).to.deep.equal([
      'https://www.a.example',
      'https://b.example/',
    ])
  })
})
