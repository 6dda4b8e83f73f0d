import { expect } from 'chai'
import { parseLine } from '../../src/import/parse-line.js'

const about = { chat: 'general', user: 'Alice', at: '2020-01-01T10:00:00Z' }
const parse = (fields: object) => parseLine(JSON.stringify({ ...about, ...fields }))
const lineOf = (fields: object) => ({ line: { ...kept, ...fields }, stripped: 0 })
const kept = { ...about, at: '2020-01-01T10:00:00.000Z' }

describe('parsing a line of an archive', () => {
  it('gives messages, joins, leaves and new names', () => {
    expect(parse({ type: 'message', content: 'Hello' })).to.deep.equal(lineOf({ type: 'message', content: 'Hello' }))
    expect(parse({ type: 'join' })).to.deep.equal(lineOf({ type: 'join' }))
    expect(parse({ type: 'leave' })).to.deep.equal(lineOf({ type: 'leave' }))
    expect(parse({ type: 'nick', newName: 'Bob' })).to.deep.equal(lineOf({ type: 'nick', newName: 'Bob' }))
  })

  it('keeps a time in UTC, whatever its offset', () => {
    expect(parse({ type: 'join', at: '2020-01-01T12:00:00+02:00' })).to.deep.equal(lineOf({ type: 'join' }))
  })

  it('normalises texts as every other way in does', () => {
    expect(parse({ user: ' Ange\u0301lique ', type: 'message', content: 'one\r\ntwo\n' })).to.deep.equal(
      lineOf({ user: 'Ang\u00e9lique', type: 'message', content: 'one\ntwo' }),
    )
  })

  it('takes marks of direction out of names, and leaves them in messages', () => {
    const content = '\u202btext\u202c'
    expect(parse({ chat: '\u200egeneral', user: '\u202aAlice\u202c', type: 'message', content })).to.deep.equal(
      lineOf({ type: 'message', content }),
    )
  })

  it('allows a message of 10,000 characters, and no more', () => {
    expect(parse({ type: 'message', content: 'x'.repeat(10_000) })).to.have.property('line')
    expect(parse({ type: 'message', content: 'x'.repeat(10_001) })).to.include({ reason: 'content: too-long' })
  })

  it('refuses with a reason what is no line', () => {
    expect(parseLine('{"chat":')).to.deep.equal({ reason: 'not JSON', character: 9 })
    expect(parse({ type: 'message', content: ' \n' })).to.include({ reason: 'content: empty' })
    expect(parse({ type: 'join', user: '' })).to.include({ reason: 'user: empty' })
    expect(parse({ type: 'message', content: 'a\ud800b' })).to.include({ reason: 'content: not-text' })
    for (const wrong of [
      { type: 'shout' },
      { type: 'join', at: '2020-01-01T10:00:00' },
      { type: 'join', more: 1 },
      {},
    ]) {
      expect(parse(wrong), JSON.stringify(wrong)).to.have.property('reason').that.is.not.empty
    }
    for (const text of ['null', '[]', '7', '"text"']) expect(parseLine(text), text).to.have.property('reason')
  })

  it('never repeats in a reason what the line says', () => {
    for (const wrong of [
      { type: 'sesame' },
      { type: 'join', at: 'sesame' },
      { type: 'message', content: { sesame: 1 } },
    ]) {
      expect(parse(wrong), JSON.stringify(wrong)).to.have.property('reason').that.does.not.include('sesame')
    }
  })

  it('keeps leading blanks, as of pasted tables and code, and drops blank lines before them', () => {
    const content = '    if (a) {\n      b()\n    }'
    expect(parse({ type: 'message', content: `\n \n${content} \n` })).to.deep.equal(
      lineOf({ type: 'message', content }),
    )
  })

  it('removes control characters and counts them; line ends, tabs and format characters stay', () => {
    const content = 'a\u0000\u001b[0mb\r\nc\td\re\u200d\u0085'
    expect(parse({ user: 'Al\u0007ice', type: 'message', content })).to.deep.equal({
      line: { ...kept, type: 'message', content: 'a[0mb\nc\tde\u200d' },
      stripped: 5,
    })
    expect(parse({ type: 'message', content: '\u0000' })).to.include({ reason: 'content: empty' })
  })

  it('names the character where a refused line is wrong, counted from 1', () => {
    expect(parseLine('{"chat":"général","user" "x"}')).to.deep.equal({ reason: 'not JSON', character: 26 })
    expect(parseLine('{"type":"join","chat":"😀","at":"x","user":"u"}')).to.include({ character: 32 })
    expect(parseLine('{"type":"message", "content" : ""}')).to.have.property('character').that.is.a('number')
    expect(parse({ type: 'message' })).to.include({ character: 1 })
    expect(parseLine({ invalidAt: 7, byte: 0xe9 })).to.deep.equal({ reason: 'not UTF-8 (byte 0xe9)', character: 7 })
  })
})
