import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { lookup } from 'node:dns/promises'
import { expect } from 'chai'
import { resolveHost } from '../../src/outbound/resolve-host.js'

const [A, AAAA] = [1, 28]

/** An answer with one address to a question, or with none. */
function answerTo(question: Buffer, address: readonly number[] | undefined): Buffer {
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(address === undefined ? 0 : 1, 6)
  head.writeUInt32BE(0, 8)
  const asked = question.subarray(12, question.indexOf(0, 12) + 5)
  if (address === undefined) return Buffer.concat([head, asked])
  const record = Buffer.from([0xc0, 12, ...asked.subarray(-4), 0, 0, 0, 60, 0, address.length, ...address])
  return Buffer.concat([head, asked, record])
}

describe('the addresses of a name', () => {
  let server: Socket
  let servers: string[]
  let isSilent: boolean
  let asked: number

  beforeEach(async () => {
    isSilent = false
    asked = 0
    server = createSocket('udp4')
    server.on('message', (question, { port, address }) => {
      asked++
      if (isSilent) return
      const type = question.readUInt16BE(question.indexOf(0, 12) + 1)
      const found = { [A]: [192, 0, 2, 1], [AAAA]: [0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 1] }[type]
      server.send(answerTo(question, found), port, address)
    })
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    servers = [`127.0.0.1:${server.address().port}`]
  })

  afterEach(() => server.close())

  it('are all of them, of IPv4 and of IPv6', async () => {
    expect(await resolveHost('page.example', servers)).to.deep.equal(['192.0.2.1', '2001:db8::1'])
  })

  it('are none after a timeout without an answer, while others are looked up', async () => {
    isSilent = true
    let isOver = false
    const silent = Array.from({ length: 20 }, (_, index) => resolveHost(`silent${index}.example`, servers))
    const all = Promise.all(silent).finally(() => (isOver = true))
    await lookup('localhost')
    expect(isOver).to.equal(false)
    expect(new Set((await all).flat())).to.deep.equal(new Set())
    expect(asked).to.be.at.least(40)
  }).timeout(240_000)
})
