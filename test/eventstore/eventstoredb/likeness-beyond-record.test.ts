import { ANY, END, EventStoreDBClient, NO_STREAM, type Position, START, streamNameFilter } from '@eventstore/db-client'
import { expect } from 'chai'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../support/eventually.js'
import {
  type EventStoreServer,
  type EventStoreServerOptions,
  startEventStoreServer,
} from '../../support/eventstore-server/start-eventstore-server.js'
import { newEvent, newEvents } from './likeness/asking.js'
import { countOf, outcome, readOutcome } from './likeness/outcome.js'
import { watchUnhandled } from './watch-unhandled.js'

/** What a real server, 23.10.6, did beside what is recorded: seen with the same client, or read from its source. */
describe('Our EventStoreDB behaves as a real one, beyond the recorded answers', () => {
  let dataFolder: string
  let server: EventStoreServer
  let client: EventStoreDBClient
  watchUnhandled()

  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'parley-eventstore-'))
    await start()
  })

  afterEach(async () => {
    await client.dispose()
    await server.stop()
    await rm(dataFolder, { recursive: true })
  })

  async function start(options: EventStoreServerOptions = {}): Promise<void> {
    server = await startEventStoreServer({ dataFolder, ...options })
    client = EventStoreDBClient.connectionString(server.url)
  }

  async function restart(options: EventStoreServerOptions = {}): Promise<void> {
    await client.dispose()
    await server.stop()
    await start(options)
  }

  it('recognises a repeat by its explicit revision after a restart, with the first answer', async () => {
    const events = newEvents(2)
    const first = await client.appendToStream('s', events, { expectedRevision: NO_STREAM })
    await restart()
    expect(await client.appendToStream('s', events, { expectedRevision: NO_STREAM })).to.deep.equal(first)
    expect(await countOf(client.readStream('s'))).to.equal(2)
  })

  it('stores a repeat without a revision twice after a restart', async () => {
    const event = newEvent()
    await client.appendToStream('s', event, { expectedRevision: ANY })
    await client.appendToStream('s', event, { expectedRevision: ANY })
    expect(await countOf(client.readStream('s'))).to.equal(1)
    await restart()
    await client.appendToStream('s', event, { expectedRevision: ANY })
    expect(await countOf(client.readStream('s'))).to.equal(2)
  })

  it('has all acknowledged events after a crash in the middle of a write', async () => {
    await client.appendToStream('s', newEvents(3), { expectedRevision: NO_STREAM })
    await server.stop()
    await appendFile(join(dataFolder, 'log.jsonl'), '[["event",1')
    await restart()
    await client.appendToStream('s', newEvents(1), { expectedRevision: 2n })
    await restart()
    expect(await countOf(client.readStream('s'))).to.equal(4)
  })

  it('listens before it is ready, and reports that', async () => {
    await restart({ notReadyMs: 60_000 })
    expect(await outcome(client.appendToStream('s', newEvent()), String)).to.deep.equal({
      error: 'UnknownError',
      type: 'unknown',
      message: 'Could not recognize Server Is Not Ready',
    })
    const notReady = { error: 'UnavailableError', type: 'unavailable' }
    expect(await readOutcome(client.readStream('s'))).to.deep.equal(notReady)
    server.faults.heal()
    await eventually(() => client.appendToStream('s', newEvent(), { expectedRevision: ANY }))
  })

  it('drops a live subscriber that does not keep up, here with one append of many events', async () => {
    const errors: unknown[] = []
    let seen = 0
    let live = false
    const subscription = client.subscribeToAll({ fromPosition: END, filter: streamNameFilter({ prefixes: ['s'] }) })
    subscription.on('caughtUp', () => (live = true)).on('error', (error) => errors.push(error))
    subscription.on('data', () => seen++)
    await eventually(() => expect(live).to.equal(true))
    await client.appendToStream('s', newEvents(50), { expectedRevision: ANY })
    await eventually(() => expect(seen).to.equal(50))
    await client.appendToStream('s', newEvents(1000), { expectedRevision: ANY })
    await eventually(() => expect(errors).to.have.length(1))
    expect(errors[0]).to.include({ type: 'timeout' })
    expect(seen).to.be.within(60, 1000)
  })

  it('sends the position after an event as checkpoint while it catches up, and continues from there', async () => {
    const { position } = await client.appendToStream('before', newEvent(), { expectedRevision: NO_STREAM })
    await client.appendToStream('others', newEvents(40), { expectedRevision: NO_STREAM })
    await client.appendToStream('s', newEvents(2), { expectedRevision: NO_STREAM })
    const checkpoints: Position[] = []
    const follow = async (fromPosition: Position): Promise<unknown[]> => {
      const revisions: unknown[] = []
      const filter = streamNameFilter({
        prefixes: ['s'],
        maxSearchWindow: 10,
        checkpointReached: (_, checkpoint) => void checkpoints.push(checkpoint),
      })
      const subscription = client.subscribeToAll({ fromPosition, filter })
      subscription.on('data', ({ event }) => revisions.push(event?.revision)).on('error', () => undefined)
      await eventually(() => expect(revisions).to.have.length.of.at.least(2))
      await subscription.unsubscribe()
      return revisions
    }
    expect(await follow(position!)).to.deep.equal([0n, 1n])
    const [first, second] = checkpoints
    expect(first!.prepare).to.equal(0n)
    expect(second!.commit > first!.commit && first!.commit > position!.commit).to.equal(true)
    expect(await follow(second!)).to.deep.equal([0n, 1n])
  })

  it('sends subscribers of a stream its tombstone, and ends', async () => {
    await client.appendToStream('s', newEvents(1), { expectedRevision: NO_STREAM })
    const [types, errors]: [unknown[], unknown[]] = [[], []]
    const subscription = client.subscribeToStream('s', { fromRevision: START })
    subscription.on('data', ({ event }) => types.push(event?.type)).on('error', (error) => errors.push(error))
    await eventually(() => expect(types).to.deep.equal(['Happened']))
    await client.tombstoneStream('s')
    await eventually(() => expect(errors).to.have.length(1))
    expect(types).to.deep.equal(['Happened', '$streamDeleted'])
    expect(errors[0]).to.include({ type: 'stream-deleted' })
  })
})
