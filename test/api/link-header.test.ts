import { expect } from 'chai'
import { linkHeader } from '../../src/api/link-header.js'

describe('the Link header', () => {
  it('links to the adjacent pages, with path and other parameters', () => {
    expect(linkHeader('/chats/c/messages?around=7&limit=2', { next: { after: 8 }, prev: { before: 7 } })).to.equal(
      '</chats/c/messages?limit=2&after=8>; rel="next", </chats/c/messages?limit=2&before=7>; rel="prev"',
    )
  })

  it('encodes cursors, which may contain any character', () => {
    expect(linkHeader('/chats', { next: { after: '10:00>;"' } })).to.equal(
      '</chats?after=10%3A00%3E%3B%22>; rel="next"',
    )
  })
})
