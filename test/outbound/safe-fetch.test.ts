import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import type { Fetched } from '../../src/outbound/outcome.js'
import { PUBLIC, startLocalWeb, type LocalWeb } from './local-web.js'

const KIB = 1024
const execute = promisify(execFile)

describe('safeFetch', () => {
  let web: LocalWeb

  beforeEach(async () => {
    web = await startLocalWeb()
  })

  afterEach(() => web[Symbol.asyncDispose]())

  const refusal = (fetched: Fetched): string => (fetched.kind === 'refused' ? fetched.code : `ok ${fetched.status}`)
  const textOf = (fetched: Fetched): string => (fetched.kind === 'ok' ? fetched.body.toString() : fetched.code)
  const redirectTo = (location: string): void => {
    web.handler = (request, response) => {
      if (request.url === '/away') response.writeHead(302, { location }).end()
      else response.end('arrived')
    }
  }

  it('fetches http and https, with the name as Host and in the certificate', async () => {
    expect(textOf(await web.fetch('http://web.example/a?b=c#d'))).to.equal('hello')
    expect(textOf(await web.fetch('https://secure.example'))).to.equal('hello')
    expect(web.requests).to.deep.equal(['GET web.example/a?b=c', 'GET secure.example/'])
    expect(web.reached).to.deep.equal([`${PUBLIC} 80`, `${PUBLIC} 443`])
  })

  it('a certificate of another name is refused', async () => {
    web.names.set('other.example', [[PUBLIC]])
    expect(refusal(await web.fetch('https://other.example/'))).to.equal('unreachable')
    expect(web.requests).to.deep.equal([])
  })

  it('other schemes, other ports, credentials and invalid URLs are refused before any lookup', async () => {
    const urls = [
      'ftp://web.example/',
      'file:///etc/passwd',
      'gopher://web.example/',
      'data:text/html,x',
      'javascript:alert(1)',
      'ws://web.example/',
      'http://web.example:8080/',
      'https://web.example:22/',
      'http://web.example:0/',
      'http://web.example:65536/',
      'http://me@web.example/',
      'http://me:pw@web.example/',
      'http://:pw@web.example/',
      '',
      'web.example',
      '//web.example/',
      'http://',
      'http:///',
      'http://a b/',
      'http://[::1',
      'http://1.2.3.4.5.6/',
      'http://256.1.1.1/',
    ]
    for (const url of urls) expect(refusal(await web.fetch(url)), url).to.equal('not-allowed-url')
    expect([web.asked, web.reached]).to.deep.equal([[], []])
  })

  it('an address that is not public is refused in every spelling, without a lookup', async () => {
    const hosts = [
      '127.0.0.1',
      '127.1',
      '127.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0x7F.0x0.0x0.0x1',
      '0177.0.0.1',
      '017700000001',
      '0177.1',
      '127.0.0.1.',
      '1２7.0.0.1',
      '①②⑦.⓪.⓪.①',
      '127。0。0。1',
      '%31%32%37.0.0.1',
      '127.0.0.01',
      '0',
      '0.0.0.0',
      '00000000177.0.0.1',
      '[::1]',
      '[::]',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:7f00:0001]',
      '[::127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '[fe80::1]',
      '[fc00::1]',
      '[::ffff:0:127.0.0.1]',
      '169.254.169.254',
      '2852039166',
      '0xa9fea9fe',
      '0251.0376.0251.0376',
      '[::ffff:a9fe:a9fe]',
      '10.0.0.1',
      '192.168.0.1',
      '172.16.0.1',
      '100.64.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '198.18.0.1',
      '192.0.2.1',
    ]
    for (const host of hosts) expect(refusal(await web.fetch(`http://${host}/`)), host).to.equal('not-public')
    expect([web.asked, web.reached]).to.deep.equal([[], []])
  })

  it('an ambiguous URL is sent to the host that was checked', async () => {
    await web.fetch('http://web.example\\@127.0.0.1:81/')
    await web.fetch('http://web.example#@127.0.0.1/')
    expect(web.requests).to.deep.equal(['GET web.example/@127.0.0.1:81/', 'GET web.example/'])
  })

  it('a name is refused as soon as one of its addresses is not public', async () => {
    for (const address of [
      '127.0.0.1',
      '::1',
      '::ffff:10.0.0.1',
      '169.254.169.254',
      '64:ff9b::a00:1',
      'fd00::1',
      'nonsense',
    ]) {
      web.names.set('mixed.example', [[PUBLIC, address]])
      expect(refusal(await web.fetch('http://mixed.example/')), address).to.equal('not-public')
    }
    web.names.set('localhost', [['127.0.0.1']])
    expect(refusal(await web.fetch('http://localhost./'))).to.equal('unresolvable')
    expect(refusal(await web.fetch('http://localhost/'))).to.equal('not-public')
    expect(web.reached).to.deep.equal([])
  })

  it('a name is resolved once, and the checked address is connected to', async () => {
    web.names.set('rebinding.example', [[PUBLIC], ['127.0.0.1']])
    expect(textOf(await web.fetch('http://rebinding.example/'))).to.equal('hello')
    expect([web.asked, web.reached]).to.deep.equal([['rebinding.example'], [`${PUBLIC} 80`]])
  })

  it('name and address of a redirect are checked again', async () => {
    web.names.set('rebinding.example', [[PUBLIC], ['127.0.0.1']])
    const targets = {
      'http://127.0.0.1/': 'not-public',
      'http://2130706433/': 'not-public',
      'http://[::ffff:7f00:1]/': 'not-public',
      'http://rebinding.example/again': 'not-public',
      'http://web.example:8080/': 'not-allowed-url',
      'http://me:pw@web.example/': 'not-allowed-url',
      'file:///etc/passwd': 'not-allowed-url',
      '//127.0.0.1/': 'not-public',
      'http://gone.example/': 'unresolvable',
    }
    for (const [location, code] of Object.entries(targets)) {
      web.names.set('rebinding.example', [[PUBLIC], ['127.0.0.1']])
      redirectTo(location)
      expect(refusal(await web.fetch('http://rebinding.example/away')), location).to.equal(code)
    }
    redirectTo('/here')
    const arrived = await web.fetch('http://web.example/away')
    expect([textOf(arrived), arrived])
      .to.deep.include('arrived')
      .and.to.have.nested.property('[1].url', 'http://web.example/here')
  })

  it('three redirects are followed, a fourth is not', async () => {
    web.handler = (request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end('arrived')
      else response.writeHead(307, { location: `/${left - 1}` }).end()
    }
    expect(textOf(await web.fetch('http://web.example/3'))).to.equal('arrived')
    expect(refusal(await web.fetch('http://web.example/4'))).to.equal('too-many-redirects')
    expect(web.requests).to.have.length(8)
  })

  it('a POST does not follow redirects', async () => {
    redirectTo('/elsewhere')
    const posted = await web.fetch('http://web.example/away', { method: 'POST', body: '{}', headers: { 'x-a': 'b' } })
    expect([refusal(posted), web.requests]).to.deep.equal(['ok 302', ['POST web.example/away']])
  })

  it('decodes gzip, deflate and brotli, and refuses unknown or corrupt encodings', async () => {
    const answers: [string, Buffer, string][] = [
      ['gzip', gzipSync('hello'), 'hello'],
      ['GZIP', gzipSync('hello'), 'hello'],
      ['deflate', deflateSync('hello'), 'hello'],
      ['br', brotliCompressSync('hello'), 'hello'],
      ['identity', Buffer.from('hello'), 'hello'],
      ['zstd', Buffer.from('hello'), 'bad-answer'],
      ['gzip, gzip', gzipSync(gzipSync('hello')), 'bad-answer'],
      ['constructor', Buffer.from('hello'), 'bad-answer'],
      ['gzip', Buffer.from('hello'), 'bad-answer'],
      ['gzip', gzipSync('hello').subarray(0, 12), 'bad-answer'],
    ]
    for (const [encoding, body, text] of answers) {
      web.handler = (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body)
      expect(textOf(await web.fetch('http://web.example/')), encoding).to.equal(text)
    }
  })

  for (const [encoding, compress] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (body: Buffer) => body],
  ] as const) {
    it(`never reads more than 256 KiB after decoding ${encoding}`, async () => {
      const body = compress(Buffer.alloc(64 * KIB * KIB))
      web.handler = (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body)
      const fetched = await web.fetch('http://web.example/')
      expect(fetched).to.include({ kind: 'ok', isCut: true })
      expect(fetched.kind === 'ok' && fetched.body.length).to.equal(256 * KIB)
    })
  }

  for (const compressed of [false, true]) {
    it(`stops reading an endless body, ${compressed ? 'compressed' : 'uncompressed'}, after 256 KiB`, async () => {
      const endless = (): Readable => Readable.from(repeated(Buffer.alloc(16 * KIB)))
      web.handler = (_request, response) => {
        if (compressed) response.setHeader('content-encoding', 'gzip')
        const parts = compressed ? [endless(), createGzip(), response] : [endless(), response]
        pipeline(parts, () => undefined)
      }
      expect(await web.fetch('http://web.example/')).to.include({ kind: 'ok', isCut: true })
    })
  }

  it('exactly 256 KiB are complete', async () => {
    web.handler = (_request, response) => response.end(Buffer.alloc(256 * KIB))
    expect(await web.fetch('http://web.example/')).to.include({ kind: 'ok', isCut: false })
  })

  it('endless headers are refused', async () => {
    web.handler = (_request, response) => response.writeHead(200, { 'x-long': 'a'.repeat(20 * KIB) }).end()
    expect(refusal(await web.fetch('http://web.example/'))).to.equal('bad-answer')
  })

  for (const [what, handler] of Object.entries<LocalWeb['handler']>({
    'does not answer': () => undefined,
    'sends its body drop by drop': (_request, response) => void response.writeHead(200).write('a'),
    'sends a compressed body drop by drop': (_request, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync('hello').subarray(0, 12)),
  })) {
    it(`a request to a server that ${what} ends at the deadline, and earlier when aborted`, async () => {
      await using slow = await startLocalWeb(50)
      slow.handler = handler
      expect(refusal(await slow.fetch('http://web.example/'))).to.equal('timed-out')
      const stop = new AbortController()
      web.handler = (request, response) => {
        handler(request, response)
        stop.abort()
      }
      expect(refusal(await web.fetch('http://web.example/', { signal: stop.signal }))).to.equal('aborted')
    })
  }

  it('a name that is never resolved ends at the deadline', async () => {
    await using slow = await startLocalWeb(50)
    slow.names.set('slow.example', [])
    expect(refusal(await slow.fetch('http://slow.example/'))).to.equal('timed-out')
    expect(refusal(await slow.fetch('http://slow.example/', { signal: AbortSignal.abort() }))).to.equal('aborted')
  })

  it('an unreachable or unknown host is a value too', async () => {
    web.handler = (request) => request.socket.destroy()
    expect(refusal(await web.fetch('http://web.example/'))).to.equal('unreachable')
    expect(refusal(await web.fetch('http://nowhere.example/'))).to.equal('unresolvable')
  })

  it('no proxy is used, whatever the environment', async () => {
    let asked = 0
    const server = createServer((request, response) => {
      if (request.url !== '/direct') asked++
      response.end('hello')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const proxy = `http://127.0.0.1:${port}`
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']
    const script = `
      import { createSafeFetch } from ${JSON.stringify(import.meta.resolve('../../src/outbound/safe-fetch.js'))}
      const fetch = createSafeFetch({ resolve: async () => ['${PUBLIC}'], reach: () => ({ host: '127.0.0.1', port: ${port} }) })
      const { kind, body } = await fetch('http://web.example/direct')
      console.log(kind, body?.toString())`
    const env = {
      ...process.env,
      NODE_USE_ENV_PROXY: '1',
      NO_PROXY: '',
      no_proxy: '',
      ...Object.fromEntries(names.map((name) => [name, proxy])),
    }
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { env })
    server.close()
    expect([stdout.trim(), asked]).to.deep.equal(['ok hello', 0])
  })
})

function* repeated(chunk: Buffer): Generator<Buffer> {
  for (;;) yield chunk
}
