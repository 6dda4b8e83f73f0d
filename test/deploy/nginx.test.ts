import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createHttpServer, type HttpServer } from '../../src/api/http-server.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'

const WEBSOCKET = ['Connection: Upgrade', 'Upgrade: websocket']

describe('deploy/nginx.conf, as nginx runs it', () => {
  let folder: string
  let port: number
  let nginx: ChildProcess
  const nodes: HttpServer[] = []
  /** The Upgrade header of each request that reached a node. */
  const upgrades: (string | undefined)[] = []

  before(async function () {
    if (spawnSync('nginx', ['-v']).error !== undefined) {
      console.log('      not run: there is no nginx here')
      this.skip()
    }
    folder = await mkdtemp(join(tmpdir(), 'parley-nginx-'))
    port = await freePort()
    nodes.push(await startNode(), await startNode())
    const path = join(folder, 'nginx.conf')
    await writeFile(path, configuration())
    nginx = spawn('nginx', ['-p', folder, '-c', path, '-g', `daemon off; pid ${folder}/nginx.pid;`], {
      stdio: 'ignore',
    })
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/`)).status).to.equal(200))
  })

  after(async () => {
    nginx.kill('SIGTERM')
    await once(nginx, 'exit')
    for (const node of nodes) await node.close(0)
    await rm(folder, { recursive: true })
  })

  beforeEach(() => upgrades.splice(0))

  async function startNode(): Promise<HttpServer> {
    const node = createHttpServer()
    node.server.on('request', ({ url, headers, socket }, response) => {
      upgrades.push(headers.upgrade)
      if (url === '/broken') socket.destroy()
      else response.end('done')
    })
    node.server.on('upgrade', ({ headers }, socket) => {
      upgrades.push(headers.upgrade)
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    })
    node.server.listen(0, '127.0.0.1')
    await once(node.server, 'listening')
    return node
  }

  /** The file as it is, but for where nginx and the nodes listen; names need Docker's name server. */
  function configuration(): string {
    const ports = nodes.map(({ server }) => (server.address() as AddressInfo).port)
    return readFileSync('deploy/nginx.conf', 'utf8')
      .replace(/^\s*resolver.*$/gm, '')
      .replace(/server node(\d):3000 resolve/g, (_, number) => `server 127.0.0.1:${ports[Number(number) - 1] ?? 0}`)
      .replace('listen 80;', `listen 127.0.0.1:${port};`)
  }

  async function statusOf(path: string, headers: readonly string[]): Promise<number> {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.on('error', () => undefined)
    socket.write([`GET ${path} HTTP/1.1`, 'Host: a', ...headers, '', ''].join('\r\n'))
    const status = await eventually(() => {
      const [, code] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? []
      if (code === undefined) throw new Error('no answer')
      return Number(code)
    })
    socket.destroy()
    return status
  }

  it('answers requests with any Upgrade header, and does not pass the header on', async () => {
    for (const protocol of ['h2c', 'websocket', 'TLS/1.0'])
      for (let count = 0; count < 5; count++)
        expect(await statusOf('/', ['Connection: Upgrade', `Upgrade: ${protocol}`])).to.equal(200)
    expect(await statusOf('/socket.io/', ['Connection: Upgrade', 'Upgrade: h2c'])).to.equal(200)
    expect(upgrades).to.deep.equal(upgrades.map(() => undefined))
  })

  it('passes on websockets in /socket.io/', async () => {
    expect(await statusOf('/socket.io/', WEBSOCKET)).to.equal(101)
    expect(upgrades).to.deep.equal(['websocket'])
  })

  it('serves other clients whatever failures a client causes', async () => {
    for (let count = 0; count < 5; count++) expect(await statusOf('/broken', [])).to.equal(503)
    expect(await statusOf('/', [])).to.equal(200)
  })

  it('uses the other node while one is down', async () => {
    await nodes[0]?.close(0)
    expect(await statusOf('/', [])).to.equal(200)
    expect(await statusOf('/socket.io/', WEBSOCKET)).to.equal(101)
  })
})
