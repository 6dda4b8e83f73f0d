import { expect } from 'chai'
import { parseLine } from '../../src/import/parse-line.js'

const about = { chat: 'general', user: 'Alice', at: '2020-01-01T10:00:00Z' }
const parse = (fields: object) => parseLine(JSON.stringify({ ...about, ...fields }))
const kept = { ...about, at: '2020-01-01T10:00:00.000Z' }

describe('parsing a line of an archive', () => {
  it('gives messages, joins, leaves and new names', () => {
    expect(parse({ type: 'message', content: 'Hello' })).to.deep.equal({
      line: { ...kept, type: 'message', content: 'Hello' },
    })
    expect(parse({ type: 'join' })).to.deep.equal({ line: { ...kept, type: 'join' } })
    expect(parse({ type: 'leave' })).to.deep.equal({ line: { ...kept, type: 'leave' } })
    expect(parse({ type: 'nick', newName: 'Bob' })).to.deep.equal({ line: { ...kept, type: 'nick', newName: 'Bob' } })
  })

  it('keeps a time in UTC, whatever its offset', () => {
    expect(parse({ type: 'join', at: '2020-01-01T12:00:00+02:00' })).to.deep.equal({ line: { ...kept, type: 'join' } })
  })

  it('normalises texts as every other way in does', () => {
    expect(parse({ user: ' Ange\u0301lique ', type: 'message', content: 'one\r\ntwo\n' })).to.deep.equal({
      line: { ...kept, user: 'Ang\u00e9lique', type: 'message', content: 'one\ntwo' },
    })
  })

  it('takes marks of direction out of names, and leaves them in messages', () => {
    const content = '\u202btext\u202c'
    expect(parse({ chat: '\u200egeneral', user: '\u202aAlice\u202c', type: 'message', content })).to.deep.equal({
      line: { ...kept, type: 'message', content },
    })
  })

  it('allows a message of 10,000 characters, and no more', () => {
    expect(parse({ type: 'message', content: 'x'.repeat(10_000) })).to.have.property('line')
    expect(parse({ type: 'message', content: 'x'.repeat(10_001) })).to.deep.equal({ reason: 'content: too-long' })
  })

  it('refuses with a reason what is no line', () => {
    expect(parseLine('{"chat":')).to.deep.equal({ reason: 'not JSON' })
    expect(parse({ type: 'message', content: ' \n' })).to.deep.equal({ reason: 'content: empty' })
    expect(parse({ type: 'join', user: '' })).to.deep.equal({ reason: 'user: empty' })
    expect(parse({ type: 'message', content: 'a\u0000b' })).to.deep.equal({ reason: 'content: not-text' })
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
})
