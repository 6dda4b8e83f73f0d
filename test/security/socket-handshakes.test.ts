import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.js'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

describe('handshakes of sockets', () => {
  let parley: TestApp
  let ada: TestUser

  before(async () => {
    parley = await startTestApp({ rateLimits: true, longPolling: true })
    ada = await parley.register('Ada')
  })

  after(() => parley[Symbol.asyncDispose]())

  const polling = (): string => `${parley.app.url}/socket.io/?EIO=4&transport=polling`

  const poll = async (query: string, packets?: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(polling() + query, packets === undefined ? {} : { method: 'POST', body: packets })
    return { status: answer.status, text: await answer.text() }
  }

  const openPolling = async (): Promise<string> => {
    const { text } = await poll('')
    return `&sid=${(JSON.parse(text.slice(1)) as { sid: string }).sid}`
  }

  async function openWebsocket(): Promise<{ socket: WebSocket; received: string[] }> {
    const socket = new WebSocket(`${parley.app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    const received: string[] = []
    socket.on('message', (data: Buffer) => received.push(data.toString()))
    await once(socket, 'open')
    return { socket, received }
  }

  const hello = (token = ada.token): string => `40${JSON.stringify({ token })}`
  const welcomes = (received: string): number => received.match(/40\{"sid"/g)?.length ?? 0

  const openSockets = async (): Promise<number> => {
    const { body } = await parley.call('GET', '/metrics')
    return Number(/^active_websocket_connections (\d+)/m.exec(body as string)?.[1])
  }

  it('more than one at a time on a connection ends the connection', async () => {
    const { socket, received } = await openWebsocket()
    const closed = once(socket, 'close')
    for (let place = 0; place < 100; place++) socket.send(hello())
    await closed
    expect(welcomes(received.join())).to.be.at.most(1)

    const sid = await openPolling()
    await poll(sid, Array.from({ length: 600 }, () => hello()).join('\x1e'))
    expect(welcomes((await poll(sid)).text)).to.be.at.most(1)
    await eventually(async () => expect(await openSockets()).to.equal(0))
  })

  it('are accepted one after another on a connection: after a refused token, and after a disconnect', async () => {
    const { socket, received } = await openWebsocket()
    const answers = (start: string): number => received.filter((packet) => packet.startsWith(start)).length
    socket.send(hello('forged'))
    await eventually(() => expect(answers('44')).to.equal(1))
    for (const count of [1, 2]) {
      socket.send(hello())
      await eventually(() => expect(answers('40')).to.equal(count))
      socket.send('41')
      await eventually(async () => expect(await openSockets()).to.equal(0))
    }
    socket.close()
  })

  it('count as requests: a user over the limit cannot open another socket, other users can', async () => {
    const eve = await parley.register('Eve')
    const socket = parley.socket(eve.token)
    await next(socket, 'ready')
    const ask = (): Promise<object> => socket.emitWithAck('nothing such') as Promise<object>
    for (let asked = 0; asked < 3_000; asked += 100) await Promise.all(Array.from({ length: 100 }, ask))
    const refused = await next<Error & { data: object }>(parley.socket(eve.token), 'connect_error')
    expect(refused.data).to.include({ status: 429, code: 'rate-limited' })
    await next(parley.socket(ada.token), 'ready')
  })

  it('for an unknown connection id or another protocol version are refused', async () => {
    const codes: [string, number][] = [
      ['&sid=__proto__', 1],
      ['&sid=constructor', 1],
      [`&sid=${randomUUID()}`, 1],
      [`&sid=${encodeURIComponent("' or 1=1 --")}`, 1],
    ]
    for (const [query, code] of codes)
      for (const packets of [undefined, hello()]) {
        const { status, text } = await poll(query, packets)
        expect([status, (JSON.parse(text) as { code: number }).code], query).to.deep.equal([400, code])
      }
    expect((await poll('', hello())).status).to.equal(400)
    for (const query of ['EIO=3&transport=polling', 'EIO=4&transport=carrier', 'EIO=4', 'transport=__proto__'])
      expect((await fetch(`${parley.app.url}/socket.io/?${query}`)).status, query).to.equal(400)
  })

  it('in polls that are too large or malformed end only their own connection', async () => {
    const untouched = await openPolling()
    const large = await openPolling()
    expect((await poll(large, 'x'.repeat(300_000))).status).to.equal(413)
    for (const garbage of ['x', 'b!!!', '4', '49', '451-["x"]', '40{', '\x1e\x1e\x1e', `42${'['.repeat(50_000)}`]) {
      const sid = await openPolling()
      await poll(sid, garbage)
      await poll(sid, hello())
      expect((await poll(sid)).text, garbage.slice(0, 20)).to.not.include('40{"sid"')
    }
    await poll(untouched, hello())
    expect((await poll(untouched)).text).to.include('40{"sid"')
  })

  it('with other fields than a token and cursors are refused', async () => {
    const chosen = [
      { sid: 'mine' },
      { userId: randomUUID() },
      { roles: ['admin'] },
      { pid: 'other', offset: '0' },
      { claims: {} },
    ]
    for (const more of chosen) {
      const { socket, received } = await openWebsocket()
      socket.send(`40${JSON.stringify({ token: ada.token, ...more })}`)
      await eventually(() => expect(received.join()).to.include('"code":"validation-failed"'))
      socket.close()
    }
  })

  it('cannot be followed by a change to another user', async () => {
    const bob = await parley.register('Bob')
    const socket = parley.socket(ada.token)
    await next(socket, 'ready')
    const other = await parley.login(ada)
    const [head, , signature] = ada.token.split('.')
    const forged = `${head}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.${signature}`
    const refused: [unknown, string][] = [
      [bob.token, 'not-authorized'],
      [other.token, 'not-authorized'],
      [forged, 'invalid-token'],
      [ada.refreshToken, 'invalid-token'],
      [{ $ne: null }, 'validation-failed'],
      [[ada.token], 'validation-failed'],
    ]
    for (const [token, code] of refused)
      expect(await socket.emitWithAck('authenticate', { token })).to.have.nested.property('error.code', code)
    expect(await socket.emitWithAck('authenticate', { token: ada.token })).to.deep.equal({ ok: true })
  })
})
