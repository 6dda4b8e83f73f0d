import { io, type Socket } from 'socket.io-client'
import { expect } from 'chai'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

/** `npm run soak` gives more. */
const SOCKETS = Number(process.env['PARLEY_IDLE_SOCKETS'] ?? 200)
const MESSAGES = Number(process.env['PARLEY_FLOOD_MESSAGES'] ?? 3_000)
const CONCURRENCY = 32
const USERS = 20
/** Caches are bounded and may still fill; each message that was kept would take more than a kilobyte. */
const MAX_GROWTH = 24 * 1_048_576 + MESSAGES * 100

interface Memory {
  heapUsed: number
  external: number
}

describe(`${SOCKETS} idle sockets and one that never reads, while ${MESSAGES} messages flow`, function () {
  this.timeout(1_200_000)
  let parley: TestApp
  let child: Child
  let url: string
  let sender: TestUser
  let reader: TestUser
  const sockets: Socket[] = []

  before(async () => {
    parley = await startTestApp()
    const environment = { ...parley.environment, RATE_LIMIT_MESSAGES_PER_MINUTE: '0' }
    child = startChild('../test/support/heap-server.js', [], environment, { isMeasured: true })
    await child.says('listens on')
    url = /listens on (\S+)/.exec(child.output)![1]!
    sender = await parley.register('Sender')
    reader = await parley.register('Reader')
  })
  after(async () => {
    for (const socket of sockets) socket.close()
    await child[Symbol.asyncDispose]()
    await parley[Symbol.asyncDispose]()
  })

  async function connect(token: string): Promise<Socket> {
    const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false })
    sockets.push(socket)
    await new Promise((resolve, reject) => {
      socket.once('ready', resolve)
      socket.once('connect_error', reject)
    })
    return socket
  }

  async function memory(): Promise<number> {
    const before = child.output.length
    child.process.kill('SIGUSR2')
    const line = await eventually(() => {
      const found = /\{.*\}\n/.exec(child.output.slice(before))
      expect(found).to.not.equal(null)
      return found![0]
    })
    const { heapUsed, external } = JSON.parse(line) as Memory
    return heapUsed + external
  }

  async function sendTo(chatId: string, count: number): Promise<void> {
    let left = count
    const content = 'x'.repeat(1_000)
    const one = async (): Promise<void> => {
      while (left-- > 0) {
        const headers = { authorization: `Bearer ${sender.token}`, 'content-type': 'application/json' }
        const body = JSON.stringify({ content })
        const { status } = await fetch(`${url}/chats/${chatId}/messages`, { method: 'POST', headers, body })
        expect(status).to.equal(201)
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, one))
  }

  it('memory does not grow with what was sent, and the one that never reads is cut off', async () => {
    const users = await Promise.all(Array.from({ length: USERS }, (_, index) => parley.register(`Idle${index}`)))
    while (sockets.length < SOCKETS)
      await Promise.all(users.slice(0, SOCKETS - sockets.length).map(({ token }) => connect(token)))
    const body = { participantIds: [reader.id], name: 'Busy' }
    const { body: chat } = await parley.call('POST', '/chats', { token: sender.token, body })
    const { id: chatId } = chat as { id: string }
    const slow = await connect(reader.token)
    const { ws } = slow.io.engine.transport as unknown as { ws: { _socket: { pause(): void; destroyed: boolean } } }
    ws._socket.pause()

    await sendTo(chatId, MESSAGES / 3)
    const early = await memory()
    await sendTo(chatId, MESSAGES - MESSAGES / 3)
    const late = await memory()
    console.log(
      `      ${Math.round(early / 1_048_576)} MiB after a third of the messages, ${Math.round(late / 1_048_576)} after all`,
    )
    expect(late - early).to.be.lessThan(MAX_GROWTH)
    await eventually(async () => {
      const text = await (await fetch(`${url}/metrics`)).text()
      expect(Number(/^active_websocket_connections (\d+)$/m.exec(text)?.[1])).to.equal(SOCKETS)
    })
  })
})
