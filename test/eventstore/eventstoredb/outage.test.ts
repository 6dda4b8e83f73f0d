import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { UnknownOutcomeError } from '../../../src/eventstore/event-log.js'
import {
  followUntil,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  readWholeStream,
  rejectionOf,
} from '../../contract/event-log-support.js'
import { eventually } from '../../support/eventually.js'
import { type ChildServer, startChildServer } from '../../support/eventstore-server/child-server.js'
import { openedLogs } from './opened-logs.js'
import { watchUnhandled } from './watch-unhandled.js'

const HANG_MS = 30_000

describe('The event log in EventStoreDB, when the server hangs, crashes and restarts', function () {
  this.timeout(180_000)
  let folder: string
  let server: ChildServer
  const open = openedLogs()
  watchUnhandled()

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-eventstore-'))
    server = await startChildServer('--data', folder)
  })

  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const have = (count: number) => (events: readonly unknown[]) => events.length >= count

  it(`gives up while the server hangs for ${HANG_MS / 1000} s, and afterwards has everything once`, async () => {
    const log = await open(server.url, { timeoutMs: 1_000 })
    const following = followUntil(log, await log.head(), have(40))
    const stream = newStream()
    const events = newEvents(40)
    await log.append(stream, 0, events.slice(0, 20))
    server.process.kill('SIGSTOP')
    const goOn = pause(HANG_MS).then(() => server.process.kill('SIGCONT'))
    expect(await rejectionOf(log.append(stream, 20, events.slice(20)))).to.be.instanceOf(UnknownOutcomeError)
    expect(await rejectionOf(log.readStream(stream, { limit: 1 }))).to.be.instanceOf(Error)
    await eventually(() => log.append(stream, 20, events.slice(20)), { timeoutMs: 2 * HANG_MS })
    await goOn
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal(idsOf(events))
    expect(idsOf(await following)).to.deep.equal(idsOf(events))
  })

  it('recovers by itself when the server was killed and is back, and recognises a repeated call', async () => {
    const log = await open(server.url)
    const following = followUntil(log, await log.head(), have(5))
    const stream = newStream()
    const events = newEvents(5)
    const answer = await log.append(stream, 0, events.slice(0, 2))
    await server.kill()
    expect(await rejectionOf(log.append(stream, 2, events.slice(2)))).to.be.instanceOf(UnknownOutcomeError)
    expect(await rejectionOf(log.head())).to.be.instanceOf(Error)
    await server.start()
    expect(await eventually(() => log.append(stream, 0, events.slice(0, 2)))).to.deep.equal(answer)
    await log.append(stream, 2, events.slice(2))
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal(idsOf(events))
    expect(idsOf(await following)).to.deep.equal(idsOf(events))
  })

  it('retries while the server is back, but not ready', async () => {
    const log = await open(server.url)
    const stream = newStream()
    const event = newEvent()
    await log.append(newStream(), 0, newEvents(1))
    await server.kill()
    await server.start('--not-ready-ms', '700')
    expect(await rejectionOf(log.append(stream, 0, [event]))).to.be.instanceOf(UnknownOutcomeError)
    await eventually(() => log.append(stream, 0, [event]))
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal([event.id])
  })

  it('waits for a starting server before it opens the log, and finds the same log again', async () => {
    const { id } = await open(server.url)
    await server.kill()
    await server.start('--not-ready-ms', '500')
    expect((await open(server.url)).id).to.equal(id)
  })

  it('appends again after the nodes of a cluster could not be discovered', async () => {
    const seeds = `${server.url.replace('esdb:', 'esdb+discover:')}&maxDiscoverAttempts=1&gossipTimeout=1`
    const log = await open(seeds)
    const event = newEvent()
    await log.append(newStream(), 0, newEvents(1))
    await server.kill()
    for (let n = 0; n < 5; n++) {
      const outcomes = [log.append(newStream(), 0, newEvents(1)), log.head(), log.head()]
      for (const error of await Promise.all(outcomes.map(rejectionOf))) expect(error).to.be.instanceOf(Error)
    }
    await server.start()
    await eventually(() => log.append('found-again', 0, [event]), { timeoutMs: 20_000 })
    expect(idsOf(await readWholeStream(log, 'found-again'))).to.deep.equal([event.id])
  })

  it('lets no append wait inside the client, where a crash of the server would end our process', async () => {
    const log = await open(server.url, { timeoutMs: 20_000 })
    await log.append(newStream(), 0, newEvents(1))
    server.process.kill('SIGSTOP')
    const large = () => newEvent({ data: JSON.stringify({ text: 'x'.repeat(100_000), id: randomUUID() }) })
    const outcomes = Array.from({ length: 60 }, () => rejectionOf(log.append(newStream(), 0, [large()])))
    await pause(200) // for the system's buffers to fill: nothing tells when
    await server.kill()
    for (const outcome of await Promise.all(outcomes)) expect(outcome).to.be.instanceOf(UnknownOutcomeError)
    await server.start()
    await eventually(() => log.append(newStream(), 0, newEvents(1)))
  })
})
