import { expect } from 'chai'
import { startTestApp, type TestApp } from '../support/test-app.js'

const PATHS = [
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/docs/docs.js',
  '/docs/realtime.html',
  '/docs/realtime.js',
  '/docs/realtime.css',
  '/docs/swagger-ui-bundle.js',
  '/docs/swagger-ui.css',
]

describe('Content that stays the same while the process runs', () => {
  let parley: TestApp

  before(async () => (parley = await startTestApp()))
  after(() => parley[Symbol.asyncDispose]())

  async function get(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(parley.app.url + path, { headers })
    return { status: response.status, text: await response.text(), etag: response.headers.get('etag') ?? '' }
  }

  for (const path of PATHS) {
    it(`${path} has a strong ETag, and is answered 304 to a client that has it`, async () => {
      const first = await get(path)
      expect(first.status).to.equal(200)
      expect(first.etag).to.match(/^"[\w-]{43}"$/)
      for (const known of [first.etag, `"other", W/${first.etag}`])
        expect(await get(path, { 'if-none-match': known })).to.deep.equal({ status: 304, text: '', etag: first.etag })
      expect(await get(path, { 'if-none-match': '"other"' })).to.deep.equal(first)
    })
  }

  it('is JSON where it is openapi.json', async () => {
    const { text } = await get('/openapi.json')
    expect(JSON.parse(text)).to.include.keys('openapi', 'paths')
  })
})
