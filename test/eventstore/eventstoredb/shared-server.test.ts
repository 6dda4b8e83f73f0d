import { expect } from 'chai'
import type { MarkStore } from '../../../src/eventstore/eventstoredb/head-mark.js'
import { newEvents, newStream, readWholeStream, idsOf, followUntil } from '../../contract/event-log-support.js'
import { openBreakableProxy, type BreakableProxy } from '../../support/breakable-proxy.js'
import {
  startEventStoreServer,
  type EventStoreServer,
} from '../../support/eventstore-server/start-eventstore-server.js'
import { openedLogs } from './opened-logs.js'

/** 2 MB of them. */
const FOREIGN = { appends: 20, events: 100, bytes: 1_000 }

describe('The event log in EventStoreDB, on a server with other writers', () => {
  let server: EventStoreServer
  let proxy: BreakableProxy
  let kept: string
  const open = openedLogs()

  beforeEach(async () => {
    server = await startEventStoreServer()
    proxy = await openBreakableProxy(server.url.replace('esdb:', 'http:'))
    kept = ''
  })
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  const markStore: MarkStore = {
    read: (initial) => Promise.resolve(kept === '' ? initial : kept),
    write: (text) => Promise.resolve(void (kept = text)),
  }
  const openOurs = () => open(proxy.url.replace('http:', 'esdb:'), { streamPrefix: 'ours-', markStore })

  async function writeForeign(): Promise<void> {
    const other = await open(server.url, { streamPrefix: 'other-' })
    const data = JSON.stringify({ text: 'x'.repeat(FOREIGN.bytes) })
    for (let n = 0; n < FOREIGN.appends; n++) {
      const events = newEvents(FOREIGN.events).map((event) => ({ ...event, data }))
      await other.append(newStream(), 0, events)
    }
  }

  it('reads events of others once in a start, and never again', async () => {
    const stream = newStream()
    const first = await openOurs()
    await first.append(stream, 0, newEvents(3))
    const head = await first.head()
    await writeForeign()
    expect(await first.head()).to.equal(head)
    await first[Symbol.asyncDispose]()

    const before = proxy.bytesReceived
    const second = await openOurs()
    expect(await second.head()).to.equal(head)
    const all = await second.readAll(second.start, 50)
    expect(all.position).to.equal(head)
    expect(all.events).to.have.length(4)
    expect(proxy.bytesReceived - before).to.be.lessThan(300_000)
  })

  it('finds its events behind any number of others, also without a head mark', async () => {
    const log = await openOurs()
    const events = newEvents(3)
    const stream = newStream()
    await log.append(stream, 0, events)
    await writeForeign()
    kept = ''
    const again = await openOurs()
    expect(await again.head()).to.equal(await log.head())
    expect(idsOf(await readWholeStream(again, stream))).to.deep.equal(idsOf(events))
    const [later] = newEvents(1)
    const following = followUntil(again, await again.head(), (got) => got.length >= 1)
    await log.append(stream, 3, [later!])
    expect(idsOf(await following)).to.deep.equal([later!.id])
  })

  it('ignores the head mark of another log', async () => {
    kept = 'another 99999999 99999999'
    const log = await openOurs()
    const { position } = await log.append(newStream(), 0, newEvents(1))
    expect(await log.head()).to.equal(position)
  })
})
