import { expect } from 'chai'
import fc from 'fast-check'
import { findMentions } from '../../src/domain/chat/mentions.js'
import { fromSlackText } from '../../src/webhooks/slack-text.js'
import { uuid } from '../support/uuid.js'

const ada = uuid('ada')

describe('text as Slack marks it up', () => {
  for (const [what, given, expected] of [
    ['plain words stay', 'Build 7 is green: 2 * 3 * 4 = 24', 'Build 7 is green: 2 * 3 * 4 = 24'],
    ['a link with a label', '<https://a.example/x|the build>', '[the build](https://a.example/x)'],
    ['a link without', 'see <https://a.example/x?a=1&amp;b=2>.', 'see https://a.example/x?a=1&b=2.'],
    ['a link whose label is itself', '<https://a.example/|https://a.example/>', 'https://a.example/'],
    ['a link that Markdown would cut', '<https://a.example/(x)|[x]>', '[\\[x\\]](https://a.example/%28x%29)'],
    ['an address', '<mailto:bob@example.com|Bob>, <mailto:eve@example.com>', 'Bob, eve@example.com'],
    ['bold', '*done* and *well done*, (*so*)', '**done** and **well done**, (**so**)'],
    ['bold with a link in it', '*<https://a.example/*|all> of it*', '**[all](https://a.example/*) of it**'],
    ['struck', '~gone~', '~~gone~~'],
    ['struck and bold', '*~gone~*', '**~~gone~~**'],
    ['what is no bold', 'a*b*c, * a *, **b**', 'a*b*c, * a *, **b**'],
    ['slanted is the same in both', '_so_', '_so_'],
    ['code stays', '`a *b* &lt;c&gt;` ```*d*\n~e~```', '`a *b* <c>` ```*d*\n~e~```'],
    ['entities', '1 &lt; 2 &amp;&amp; 3 &gt; 2 &copy;', '1 < 2 && 3 > 2 &copy;'],
    ['entities once', '&amp;lt;', '&lt;'],
    ['everybody', '<!channel> <!everyone>', '<@all> <@all>'],
    ['other groups', '<!here> <!here|here> <!subteam^S1|@team>', '@here here @team'],
    ['a date', '<!date^1392734382^{date}|18 February>', '18 February'],
    ['people and channels of Slack', '<@U1|bob> <@U2> <#C1|general> <#C2>', 'bob @U2 #general #C2'],
    ['people of ours', `<@${ada}> <@${ada}|Ada> <@all>`, `<@${ada}> <@${ada}> <@all>`],
    ['what is no reference', 'a <b> c < d', 'a <b> c < d'],
    ['no mention that was escaped', `&lt;@all&gt; &lt;@${ada}&gt;`, `<\u200b@all> <\u200b@${ada}>`],
    ['nor one put together', '&lt;<!x|@all>&gt;', '<\u200b@all>'],
    ['nor one in a label', '<#C1|&lt;@all&gt;>', '#<\u200b@all>'],
  ] as const)
    it(what, () => {
      expect(fromSlackText(given)).to.equal(expected)
    })

  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '<',
      '>',
      '&',
      '|',
      '*',
      '~',
      '`',
      '```',
      '\n',
      '<@all>',
      `<@${ada}>`,
      '&lt;',
      '!channel',
      'https://a',
    ),
  )
  const anyText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

  it('converts any text', () => {
    fc.assert(fc.property(anyText, (text) => typeof fromSlackText(text) === 'string'))
  })

  it('escaped text mentions nobody', () => {
    const escape = (text: string): string =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    fc.assert(
      fc.property(anyText, (text) => {
        const made = fromSlackText(escape(text))
        expect(findMentions(made, () => true).mentions).to.deep.equal([])
        expect(made).to.not.include('<@all>')
      }),
    )
  })

  it('takes time linear in its length, for any text', () => {
    for (const part of ['*a', '*<a', '<', '```', '`', '~x ', '*<*>', '&lt;', '<a|', '*~'])
      expect(fromSlackText(part.repeat(40_000)).length).to.be.greaterThan(0)
  }).timeout(240_000)
})
