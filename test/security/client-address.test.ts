import type { IncomingMessage } from 'node:http'
import { expect } from 'chai'
import { createClientAddress } from '../../src/api/client-address.js'
import { addressKey } from '../../src/limits/address-key.js'
import { bindClient } from '../../src/privacy/client-box.js'
import { chatStream } from '../../src/domain/streams.js'
import { next, startTestApp } from '../support/test-app.js'

const from = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: { 'user-agent': 'x'.repeat(600), ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
  }) as never

describe('the address of a client', () => {
  const none = createClientAddress([])
  const behind = createClientAddress(['10.0.0.0/8', 'fd00::/8'])
  const ipBehind = (peer: string, forwarded?: string): string => behind(from(peer, forwarded)).ip

  it('is the address of the peer, whatever the headers, where no proxy is trusted', () => {
    expect(none(from('192.0.2.7', '198.51.100.1')).ip).to.equal('192.0.2.7')
    expect(none(from('::ffff:192.0.2.7')).ip).to.equal('192.0.2.7')
  })

  it('is the address of the peer, whatever the headers, where that peer is not a trusted proxy', () => {
    expect(ipBehind('192.0.2.7', '198.51.100.1')).to.equal('192.0.2.7')
    expect(ipBehind('192.0.2.7', '10.0.0.1')).to.equal('192.0.2.7')
  })

  it('is the last address in X-Forwarded-For that is no trusted proxy; what a client wrote before it is ignored', () => {
    expect(ipBehind('10.0.0.1', '198.51.100.1')).to.equal('198.51.100.1')
    expect(ipBehind('10.0.0.1', '203.0.113.9, 198.51.100.1')).to.equal('198.51.100.1')
    expect(ipBehind('10.0.0.1', '203.0.113.9, 198.51.100.1, 10.2.3.4')).to.equal('198.51.100.1')
    expect(ipBehind('::ffff:10.0.0.1', '2001:db8::1')).to.equal('2001:db8::1')
    expect(ipBehind('fd00::5', '::ffff:198.51.100.1')).to.equal('198.51.100.1')
  })

  it('is the address of the proxy where the header holds no valid address', () => {
    for (const garbage of ['unknown', '<script>', '198.51.100.1:4711', '', 'a, b'])
      expect(ipBehind('10.0.0.1', garbage), garbage).to.equal('10.0.0.1')
  })

  it('is recorded with a user agent of at most 512 characters', () => {
    expect(none(from('192.0.2.7')).userAgent).to.have.length(512)
  })

  it('is limited by itself in IPv4, by its /64 in IPv6', () => {
    expect(addressKey('192.0.2.7')).to.equal('192.0.2.7')
    expect(addressKey('2001:db8:1:2:3:4:5:6')).to.equal(addressKey('2001:db8:1:2::1'))
    expect(addressKey('2001:db8:1:2::1')).not.to.equal(addressKey('2001:db8:1:3::1'))
    expect(addressKey('not an address')).to.equal('not an address')
  })
})

describe('the address in the log', () => {
  it('is the same for REST and sockets', async () => {
    await using parley = await startTestApp({ trustedProxies: ['127.0.0.1'] })
    const { log, reader } = parley.app.core
    const alice = await parley.register('Alice')
    const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7', 'user-agent': 'tester/1.0' }
    const body = { participantIds: [], name: 'Team' }
    const created = await parley.call('POST', '/chats', { token: alice.token, headers, body })
    const chatId = (created.body as { id: string }).id
    const socket = parley.socket(alice.token, {}, headers)
    await next(socket, 'ready')
    await socket.emitWithAck('send_message', { chatId, content: 'hi' })

    const events = await log.readStream(chatStream(chatId), { limit: 10 })
    const clients = events.map((recorded) => reader.decode(recorded).metadata.client!)
    expect(clients).to.have.length(2)
    const expected = { ip: '198.51.100.7', userAgent: 'tester/1.0' }
    expect(await reader.openClients(clients.map(bindClient))).to.deep.equal([expected, expected])
  })
})

describe('a forged X-Forwarded-For', () => {
  const attempt = async (trustedProxies: string[]): Promise<number[]> => {
    await using parley = await startTestApp({ rateLimits: true, trustedProxies })
    const statuses = []
    for (let index = 0; index < 12; index++) {
      const body = { email: 'ada@example.com', password: 'wrong' }
      const headers = { 'x-forwarded-for': `198.51.100.${index}` }
      statuses.push((await parley.call('POST', '/auth/login', { body, headers })).status)
    }
    return statuses
  }

  it('of a peer that is not a trusted proxy does not get around a limit', async () => {
    expect(await attempt([])).to.deep.equal([...Array<number>(10).fill(401), 429, 429])
  })

  it('of a trusted proxy names the client', async () => {
    expect(await attempt(['127.0.0.1'])).to.deep.equal(Array<number>(12).fill(401))
  })
})
