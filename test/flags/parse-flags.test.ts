import { expect } from 'chai'
import { parseFlags } from '../../src/flags/parse-flags.js'

const onOff = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' }
const file = (flags: object): string => JSON.stringify({ flags })

describe('a file of flags', () => {
  it('gives the rules of each flag', () => {
    const { definitions } = parseFlags(file({ search: onOff }))
    expect([...definitions]).to.deep.equal([['search', JSON.stringify(onOff)]])
  })

  const refused: Record<string, [text: string, problem: RegExp]> = {
    'that is no JSON': ['{', /is not JSON/],
    'without flags': ['{}', /format of flagd/],
    'with a list of flags': ['{"flags":[1]}', /format of flagd/],
    'with a default that is no variant': [
      file({ search: { ...onOff, defaultVariant: 'maybe' } }),
      /no variant "maybe" of "search"/,
    ],
    'with rules that cannot be used': [
      file({ search: { ...onOff, targeting: { fractional: [['on', 'many']] } } }),
      /rules of "search" that cannot be used/,
    ],
    'with rules that do not exist': [
      file({ search: { ...onOff, targeting: { sometimes: [] } } }),
      /rules of "search" that cannot be used/,
    ],
    'with a rule that names another variant': [
      file({ search: { ...onOff, targeting: { fractional: [['maybe', 100]] } } }),
      /rules of "search" that cannot be used: Variant 'maybe' not found/,
    ],
    'with a flag that does not exist': [
      file({ searchh: onOff }),
      /names the flag "searchh": there are link-previews, search/,
    ],
    'with a value that the flag cannot have': [
      file({ 'blocked-words': { ...onOff, variants: { on: 'shout' } } }),
      /"blocked-words" a value that it cannot have: its variants are off, mask, refuse/,
    ],
    'that is too long': [' '.repeat(65_537), /longer than 65536 characters/],
  }
  for (const [title, [text, problem]] of Object.entries(refused))
    it(`${title} is refused`, () => expect(() => parseFlags(text)).to.throw(problem))
})
