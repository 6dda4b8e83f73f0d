import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import type { Socket } from 'socket.io-client'
import { eventually } from '../../support/eventually.js'
import { startChildServer, type ChildServer } from '../../support/eventstore-server/child-server.js'
import { next, startTestApp, type TestApp } from '../../support/test-app.js'

/** Lengths of outages in seconds; `npm run soak` has long ones, and alone asserts how fast Parley is back. */
const GIVEN = process.env['PARLEY_OUTAGE_SECONDS']
const OUTAGES = (GIVEN ?? '1').split(',').map(Number)
const MAX_READY_MS = 3_000
const BETWEEN_REQUESTS_MS = 500

describe('after EventStoreDB was away, the whole product serves again as soon as it is back', function () {
  this.timeout(1_500_000)
  let folder: string
  let server: ChildServer
  let parley: TestApp
  let token: string
  let chatId: string
  let socket: Socket

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-eventstore-'))
    server = await startChildServer('--data', folder)
    parley = await startTestApp({ eventStoreUrl: server.url })
    ;({ token } = await parley.register('Ada'))
    const made = await parley.call('POST', '/chats', { token, body: { participantIds: [], name: 'Notes' } })
    chatId = (made.body as { id: string }).id
    socket = parley.socket(token)
    await next(socket, 'ready')
  })

  afterEach(async () => {
    await parley[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const send = (content: string) =>
    parley.call('POST', `/chats/${chatId}/messages`, {
      token,
      body: { content },
      headers: { 'idempotency-key': randomUUID() },
    })

  async function wait(seconds: number, isUsed: boolean): Promise<void> {
    const until = performance.now() + seconds * 1_000
    while (performance.now() < until) {
      if (isUsed) expect((await send('meanwhile')).status).to.equal(503)
      await pause(Math.min(BETWEEN_REQUESTS_MS, Math.max(0, until - performance.now())))
    }
  }

  async function untilServed(): Promise<void> {
    const content = randomUUID()
    const delivered = new Promise<void>((resolve) => {
      socket.on('new_message', (frame: { message?: { content?: string } }) => {
        if (JSON.stringify(frame).includes(content)) resolve()
      })
    })
    await eventually(async () => expect((await send(content)).status).to.equal(201), { timeoutMs: 60_000 })
    await eventually(async () => {
      const { status, body } = await parley.call('GET', `/chats/${chatId}/messages`, { token })
      expect(status).to.equal(200)
      expect(JSON.stringify(body)).to.include(content)
    })
    await delivered
  }

  for (const seconds of OUTAGES)
    for (const isUsed of [true, false])
      it(`of ${seconds} s, ${isUsed ? 'with' : 'without'} requests meanwhile: sends, reads and sockets`, async () => {
        await server.kill()
        await wait(seconds, isUsed)
        await server.start()
        const began = performance.now()
        await untilServed()
        if (GIVEN !== undefined) expect(performance.now() - began).to.be.at.most(MAX_READY_MS)
      })
})
