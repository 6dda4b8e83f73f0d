import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { serverEventNames } from '../../src/realtime/frames.js'
import { clientEventSchemas } from '../../src/realtime/protocol.js'

describe('docs/realtime.md', () => {
  const page = readFileSync('docs/realtime.md', 'utf8')
  /** Of Socket.IO itself. */
  const others = ['connect_error']
  const names = [...serverEventNames, ...Object.keys(clientEventSchemas)]

  it('names every event of both directions', () => {
    const section = /## Names of events\n(.*?)\n## /s.exec(page)?.[1] ?? ''
    const named = Array.from(section.matchAll(/`([a-z_]+)`/g), ([, name]) => name)
    expect(new Set(named)).to.deep.equal(new Set(names))
  })

  it('names no event that does not exist', () => {
    const named = Array.from(page.matchAll(/`([a-z]+(?:_[a-z]+)+)\b/g), ([, name]) => name)
    expect(named.filter((name) => name !== undefined && ![...names, ...others].includes(name))).to.deep.equal([])
  })
})
