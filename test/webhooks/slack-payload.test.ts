import { expect } from 'chai'
import fc from 'fast-check'
import { blockExamples, toolExamples } from './slack-examples.js'
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
    ['with blocks, its text is their fallback', { text: 'one', blocks: [{ text: { text: 'two' } }] }, 'two'],
    ['which is shown where the blocks hold nothing', { text: 'one', blocks: [{ type: 'divider' }] }, 'one'],
    ['without markup where it says so', { text: '*one* <!channel>', mrkdwn: false }, '*one* <!channel>'],
    [
      'without control characters and colours',
      { text: 'a\u0007\u001b[1;31mb\u001b[0m\r\nc\u0000\ud800' },
      'ab\nc\ufffd',
    ],
    [
      'whose fields may have other values than text',
      {
        attachments: [
          {
            fields: [
              { title: 'Times', value: 1 },
              { title: 'On', value: true },
              { title: 'Who', value: null },
              { title: 'List', value: [1] },
            ],
          },
        ],
      },
      'Times: 1\nOn: true\nWho: null\nList',
    ],
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

  for (const [type, { block, shown }] of Object.entries(blockExamples))
    it(`a block: ${type}`, () => {
      expect(parse({ text: 'fallback', blocks: [block, { type: 'header', text: { text: 'end' } }] })).to.equal(
        shown === '' ? 'end' : `${shown}\nend`,
      )
      expect(parse({ attachments: [{ blocks: [block] }] })).to.equal(shown)
    })

  for (const [tool, { payload, shown }] of Object.entries(toolExamples))
    it(`as ${tool} sends it`, () => {
      expect(parse(payload)).to.equal(shown)
    })

  it('comes as JSON, or in a form', () => {
    const json = '{"text":"a+b &amp; c"}'
    for (const body of [json, ` ${json}`, new URLSearchParams({ payload: json }).toString()])
      expect(parseSlackPayload(body, flat)).to.equal('a+b & c')
    for (const body of ['', 'text=hello', 'payload=hello', 'payload=', '{"text":', '[]', 'null'])
      expect(parseSlackPayload(body, flat), body).to.equal(null)
  })

  it('is refused where it is nested too deeply, which is checked before it is parsed', () => {
    const looked: string[] = []
    const tooDeep = (json: string): boolean => looked.push(json) > 0
    expect(parseSlackPayload('payload=%7B%22text%22%3A1%7D', tooDeep)).to.equal(null)
    expect(looked).to.deep.equal(['{"text":1}'])
  })

  it('never throws, for any input', () => {
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
