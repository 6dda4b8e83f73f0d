import { expect } from 'chai'
import type { Projection } from '../../../src/projections/engine/projection.js'
import { rebuild } from '../../support/rebuild.js'
import { readSkippedEvents } from '../../../src/projections/engine/skipped-events.js'
import { skipEvent, type SkipDeps } from '../../../src/projections/engine/skip-event.js'
import { eventually } from '../../support/eventually.js'
import { logStream } from '../../../src/domain/streams.js'
import { logOpening } from '../../../src/app/log-opening.js'
import { createAuditTrail } from '../../../src/projections/audit-trail/audit-trail.js'
import { createRevocationsProjection } from '../../../src/projections/revocations/revocations.js'
import { bob, openReadSide, type ReadSide } from '../read-side.js'

describe('an event that a projection cannot apply', function () {
  this.timeout(240_000)
  let read: ReadSide
  let poisonous: Projection
  let deps: SkipDeps

  beforeEach(async () => {
    read = await openReadSide()
    const { conversations, side } = read
    const { log, pool, reader, sealer } = side
    poisonous = {
      ...conversations,
      pageQueries: undefined,
      async apply(batch, tx, table) {
        const opened = await reader.open(batch)
        if (opened.some(({ event }) => 'content' in event && event.content === 'poison'))
          throw new RangeError('cannot be applied')
        return conversations.apply(batch, tx, table)
      },
    }
    deps = { pool, log, reader, sealer }
    if ((await log.readStream(logStream, { limit: 1 })).length === 0)
      await log.append(logStream, 0, [(await logOpening(sealer, () => new Date()))(log.id)])
  })
  afterEach(() => read[Symbol.asyncDispose]())

  const start = async () =>
    read.start({
      open: await read.open(poisonous),
      report: { onFailure: () => undefined, onRecovery: () => undefined },
      readSkipped: () => readSkippedEvents(read.side.log, read.side.reader),
    })

  /** Where the projection is paused, after a message that it cannot apply and one that it can. */
  async function pausedAt(runner: Awaited<ReturnType<typeof start>>, chatId: string): Promise<string> {
    await read.send(chatId, 'before')
    await read.send(chatId, 'poison')
    await read.send(chatId, 'after')
    await eventually(() => expect(runner.status().status).to.equal('paused'))
    return runner.status().failure?.position ?? ''
  }

  const skip = (position: string, projection = poisonous) =>
    skipEvent(projection, { position, by: 'system:operator', reason: 'No such year' }, deps)

  const texts = async (chatId: string): Promise<(string | null)[]> => {
    const found = await (await read.queries()).messages(chatId, bob, { latest: true }, 10)
    return found?.answer.messages.map(({ content }) => content) ?? []
  }

  it('is skipped by the operator’s command: the projection goes on, its status names it, and a rebuild skips it again', async () => {
    const chatId = await read.createGroup([bob])
    const runner = await start()
    const position = await pausedAt(runner, chatId)
    await skip(position)
    await read.caughtUp(runner)
    expect(await texts(chatId)).to.deep.equal(['before', 'after'])
    expect(runner.status()).to.deep.include({ status: 'live', failure: null, skipped: [position] })
    const before = await read.dump(await read.open(poisonous))

    await runner[Symbol.asyncDispose]()
    await rebuild({ ...read.side, readSkipped: () => readSkippedEvents(read.side.log, read.side.reader) }, poisonous)
    const again = await start()
    await read.caughtUp(again)
    expect(await read.dump(await read.open(poisonous))).to.deep.equal(before)
  })

  it('is skipped with a record of who did so and why, sealed', async () => {
    const chatId = await read.createGroup([bob])
    const position = await pausedAt(await start(), chatId)
    await skip(position)
    const { log, reader } = read.side
    const [last] = await log.readStream(logStream, { backwards: true, limit: 1 })
    expect(last?.data).to.not.include('No such year')
    const [opened] = await reader.open([last!])
    expect(opened?.event).to.deep.include({ type: 'ProjectionEventSkipped', projection: 'conversations', position })
    expect(opened?.event).to.include({ reason: 'No such year', by: 'system:operator' })
    await skip(position)
    expect(await log.readStream(logStream, { limit: 10 })).to.have.length(last!.version)
  })

  it('is skipped only where the projection is paused, and never by one that may not', async () => {
    const runner = await start()
    await read.caughtUp(runner)
    expect(await skip('anywhere')).to.deep.equal({ kind: 'not-paused', pausedAt: [] })
    const position = await pausedAt(runner, await read.createGroup([bob]))
    expect(await skip(`${position}0`)).to.deep.equal({ kind: 'not-paused', pausedAt: [position] })
    expect(await skip(position, { ...poisonous, neverSkips: 'it counts' })).to.deep.equal({
      kind: 'never',
      why: 'it counts',
    })
    expect(createRevocationsProjection(read.side.reader)).to.have.property('neverSkips')
    expect(createAuditTrail(read.side.reader)).to.have.property('neverSkips')
  })
})
