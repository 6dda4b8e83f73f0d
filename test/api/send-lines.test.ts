import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { Reply } from '../../src/api/exchange.js'
import { sendLines } from '../../src/api/send-lines.js'
import { eventually } from '../support/eventually.js'

/** Serves one answer of these lines, and gives what the client receives. */
async function answerOf(lines: AsyncIterable<object>, errors: string[] = []) {
  const server = createServer((_, response: ServerResponse) => {
    const reply = Object.assign(response, { locals: { requestId: 'r' } }) as unknown as Reply
    void sendLines(reply, lines, { error: (message: unknown) => (errors.push(String(message)), reply) as never })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return { request, response, [Symbol.dispose]: () => void server.close() }
}

describe('an answer of lines', () => {
  it('is made only as fast as the client reads, and its source ends with the client', async () => {
    let made = 0
    let isEnded = false
    async function* endless() {
      try {
        for (;;) {
          await Promise.resolve()
          yield { line: made++, text: 'x'.repeat(10_000) }
        }
      } finally {
        isEnded = true
      }
    }
    using answer = await answerOf(endless())
    answer.response.pause()
    await eventually(() => expect(made).to.be.greaterThan(0))
    const before = await settledCount(() => made)
    expect(before).to.be.lessThan(5_000)
    answer.request.destroy()
    await eventually(() => expect(isEnded).to.equal(true))
  })

  it('that fails in the middle ends the connection, and is logged', async () => {
    async function* failing() {
      yield { line: 1 }
      await Promise.reject(new Error('The log is unavailable'))
    }
    const errors: string[] = []
    using answer = await answerOf(failing(), errors)
    const received = answer.response.toArray().then(
      () => 'complete',
      () => 'cut short',
    )
    expect(await received).to.equal('cut short')
    await eventually(() => expect(errors).to.deep.equal(['answer was cut short']))
  })
})

/** The count, once the socket's buffers are full and it no longer rises. */
async function settledCount(count: () => number): Promise<number> {
  let last = -1
  return eventually(() => {
    const now = count()
    const isSame = now === last
    last = now
    expect(isSame).to.equal(true)
    return now
  })
}
