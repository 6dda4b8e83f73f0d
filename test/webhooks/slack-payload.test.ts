import { expect } from 'chai'
import fc from 'fast-check'
import { parseSlackPayload } from '../../src/webhooks/slack-payload.js'

const flat = (): boolean => false
const parse = (payload: unknown): string | null => parseSlackPayload(JSON.stringify(payload), flat)

describe('a payload of Slack', () => {
  for (const [what, payload, expected] of [
    ['says its text', { text: 'Hello *you*', username: 'ci', icon_url: 'https://a.example/i.png' }, 'Hello **you**'],
    ['else its blocks', { blocks: [{ type: 'header', text: { text: 'Build' } }, { type: 'divider' }] }, 'Build'],
    [
      'of which it takes fields and elements',
      { blocks: [{ fields: [{ text: 'a' }, { text: 'b' }] }, { elements: [{ text: 'c' }, { image_url: 'd' }] }] },
      'a\nb\nc',
    ],
    ['with text, blocks are the same in other words', { text: 'one', blocks: [{ text: { text: 'two' } }] }, 'one'],
    [
      'and then its attachments',
      {
        text: 'Alert',
        attachments: [
          {
            pretext: 'now',
            title: 'Disk',
            title_link: 'https://a.example/',
            text: 'full',
            fields: [{ title: 'host', value: 'db1' }],
            fallback: 'not this',
          },
          { fallback: 'second' },
          { blocks: [{ text: { text: 'third' } }] },
        ],
      },
      'Alert\nnow\n[Disk](https://a.example/)\nfull\nhost: db1\nsecond\nthird',
    ],
    ['says nothing where it holds no text', { icon_emoji: ':ghost:' }, ''],
    ['nor where what should be text is none', { text: 7, blocks: 'x', attachments: [null, { text: {} }] }, ''],
    [
      'beside which the rest counts',
      { attachments: [null, { text: 'one', fields: [7, { value: 'two' }] }] },
      'one\ntwo',
    ],
    ['is none where it is no object', ['text'], null],
  ] as const)
    it(what, () => {
      expect(parse(payload)).to.equal(expected)
    })

  it('comes as JSON, or in a form', () => {
    const json = '{"text":"a+b &amp; c"}'
    for (const body of [json, ` ${json}`, new URLSearchParams({ payload: json }).toString()])
      expect(parseSlackPayload(body, flat)).to.equal('a+b & c')
    for (const body of ['', 'text=hello', 'payload=hello', 'payload=', '{"text":', '[]', 'null'])
      expect(parseSlackPayload(body, flat), body).to.equal(null)
  })

  it('is none where it is nested too deep, which is looked at before it is parsed', () => {
    const looked: string[] = []
    const tooDeep = (json: string): boolean => looked.push(json) > 0
    expect(parseSlackPayload('payload=%7B%22text%22%3A1%7D', tooDeep)).to.equal(null)
    expect(looked).to.deep.equal(['{"text":1}'])
  })

  it('whatever comes, nothing is thrown', () => {
    const name = fc.constantFrom('text', 'blocks', 'attachments', 'fields', 'elements', 'title', 'payload', '__proto__')
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.jsonValue(),
        fc.dictionary(name, tie('json')),
        fc.array(tie('json')),
      ),
    }))
    fc.assert(fc.property(json, (payload) => void parse(payload)))
    fc.assert(fc.property(fc.string(), (body) => void parseSlackPayload(body, flat)))
  })
})
