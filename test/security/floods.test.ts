import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.js'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

/** On a thread of their own, so that what is measured is the server and not its clients. */
const LOGINS = `
  const { parentPort, workerData } = require('node:worker_threads')
  const login = async (user) => {
    const body = JSON.stringify({ email: 'p' + user + '@example.com', password: 'correct horse' })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(workerData + '/auth/login', { method: 'POST', headers, body })
    await response.arrayBuffer()
    return response.status
  }
  Promise.all(Array.from({ length: 300 }, (_, user) => login(user))).then((all) => parentPort.postMessage(all))`

describe('floods', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp({ rateLimits: true, rateLimitMessagesPerMinute: 30 })
    ada = await parley.register('Ada')
    const { body } = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Mine' },
    })
    chatId = (body as { id: string }).id
  })

  after(() => parley[Symbol.asyncDispose]())

  /** The slowest answer of `/healthz`, in milliseconds, while `work` runs. */
  async function slowestMeanwhile(app: TestApp, work: Promise<unknown>): Promise<number> {
    const over = new AbortController()
    void work.finally(() => over.abort()).catch(() => undefined)
    let slowest = 0
    do {
      const began = performance.now()
      expect((await app.call('GET', '/healthz')).status).to.equal(200)
      slowest = Math.max(slowest, performance.now() - began)
    } while (!over.signal.aborted)
    return slowest
  }

  it('of 300 concurrent logins leave /healthz under a second, and are all answered', async function () {
    this.retries(2) // the second is real time, and the machine may have others to serve
    await using open = await startTestApp({ rateLimits: false })
    const worker = new Worker(LOGINS, { eval: true, workerData: open.app.url }) // ends when it has told
    const logins = once(worker, 'message').then(([statuses]) => statuses as number[])
    expect(await slowestMeanwhile(open, logins)).to.be.below(1_000)
    const statuses = await logins
    expect(statuses).to.have.length(300)
    for (const status of statuses) expect(status).to.be.oneOf([401, 503])
    // Else nothing was hashed, and there was no flood.
    expect(statuses.filter((status) => status === 401).length).to.be.at.least(100)
  })

  it('of thousands of events on one socket are refused with a code, and other users are served', async () => {
    const socket = parley.socket(ada.token)
    await next(socket, 'ready')
    const answers = Promise.all(
      Array.from({ length: 5_000 }, (_, place) =>
        place % 2 === 0
          ? socket.emitWithAck('send_message', { chatId, content: `flood ${place}` })
          : socket.emitWithAck('nothing such', { place }),
      ),
    ) as Promise<{ ok: boolean; error?: { code: string } }[]>
    await slowestMeanwhile(parley, answers)
    const codes = new Set((await answers).map(({ ok, error }) => (ok ? 'ok' : error?.code)))
    expect([...codes].sort()).to.deep.equal(['ok', 'rate-limited', 'too-busy', 'unknown-event'])
    expect((await answers).filter(({ ok }) => ok)).to.have.length(30)
    const bob = await parley.register('Bob')
    expect((await parley.call('GET', '/users/me', { token: bob.token })).status).to.equal(200)
  })

  const raw = (path = '/socket.io/?EIO=4&transport=websocket') =>
    new WebSocket(parley.app.url.replace('http', 'ws') + path)

  it('of malformed frames end only their own connection', async () => {
    const frames: (string | Buffer)[] = [
      'x'.repeat(300_000),
      '4' + '2["a",'.repeat(1_000),
      '451-["x",{"_placeholder":true,"num":0}]',
      '40/admin,{"token":"x"}',
      '49',
      'b!!!not base64',
      Buffer.alloc(300_000),
      Buffer.from([0, 1, 2, 255]),
      '42' + '['.repeat(100_000),
      '4' + '9'.repeat(1_000),
    ]
    const endsOf = async (frame: string | Buffer): Promise<void> => {
      const socket = raw()
      socket.on('error', () => undefined)
      await once(socket, 'open')
      const closed = once(socket, 'close')
      socket.send('40{"token":"none"}')
      socket.send(frame)
      socket.send('1') // asks to close, where the frame did not
      await closed
    }
    await Promise.all(frames.map(endsOf))
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
  })

  it('of connections to unknown namespaces are refused, also with a valid token', async () => {
    const socket = raw()
    await once(socket, 'open')
    const answers: string[] = []
    socket.on('message', (data: Buffer) => answers.push(data.toString()))
    for (let place = 0; place < 100; place++) socket.send(`40/nowhere${place},${JSON.stringify({ token: ada.token })}`)
    await eventually(() => expect(answers.filter((answer) => answer.includes('Invalid namespace'))).to.have.length(100))
    socket.close()
  })

  it('of connections of one user do not use up those of others: a hundred at once, and more as they close', async () => {
    const eve = await parley.register('Eve')
    const hello = `40${JSON.stringify({ token: eve.token })}`
    const comeIn = async (): Promise<{ socket: WebSocket; answer: string }> => {
      const socket = raw()
      const received = new Promise<string>((resolve) =>
        socket.on('message', (data: Buffer) => {
          const text = data.toString()
          if (/^4[04]/.test(text)) resolve(text)
        }),
      )
      await once(socket, 'open')
      socket.send(hello)
      return { socket, answer: await received }
    }
    const inside = await Promise.all(Array.from({ length: 100 }, comeIn))
    expect(inside.filter(({ answer }) => answer.startsWith('44'))).to.deep.equal([])
    const [first, second] = inside as [(typeof inside)[0], (typeof inside)[0]]
    first.socket.send('41') // leaves, and keeps the connection
    const refused = await comeIn()
    expect(refused.answer).to.match(/^44.*"rate-limited"/)
    const others = parley.socket(ada.token)
    await next(others, 'ready')
    second.socket.close()
    await eventually(async () => expect((await comeIn()).answer).to.match(/^40/))
    for (const { socket } of inside) socket.terminate()
  })
})
