import { expect } from 'chai'
import { onFailure } from '../../support/failure-report.js'
import { readCheckpoint } from '../../../src/projections/engine/checkpoint.js'
import type { Projection } from '../../../src/projections/engine/projection.js'
import { rebuild } from '../../support/rebuild.js'
import { eventually } from '../../support/eventually.js'
import { alice, bob, carol, openReadSide, type ReadSide } from '../read-side.js'

describe('following the log into a read model', () => {
  let read: ReadSide

  beforeEach(async () => {
    read = await openReadSide()
  })

  afterEach(() => read[Symbol.asyncDispose]())

  const checkpoint = () => readCheckpoint(read.side.pool, read.conversations)

  /** The conversations projection, with something done after its rows are made and before they are committed. */
  const afterApply = (then: Projection['apply']): Projection => ({
    ...read.conversations,
    pageQueries: undefined,
    async apply(batch, tx, table) {
      await read.conversations.apply(batch, tx, table)
      await then(batch, tx, table)
    },
  })

  it('counts every event once, also with two runners racing on one database', async () => {
    const runners = [await read.start(), await read.start({ log: await read.side.openLog() })]
    const chatId = await read.createGroup([bob])
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => read.send(chatId, `${round}.${index}`)))
    }
    await read.run('joinChat', { chatId }, carol)
    for (const runner of runners) await read.caughtUp(runner)

    const { messages, chats, memberships } = await read.dump()
    const seqs = messages!.map((row) => (row as { seq: number }).seq).sort((a, b) => a - b)
    expect(seqs).to.deep.equal(Array.from({ length: 200 }, (_, index) => index + 1))
    expect(chats).to.have.length(1)
    expect(chats![0]).to.include({ participant_count: 3, last_seq: 200, version: 202 })
    expect(memberships).to.have.length(3)
    for (const runner of runners) expect(runner.status()).to.include({ status: 'live', failure: null })
  })

  it('leaves no trace of rows that were not committed', async () => {
    await read.send(await read.createGroup([bob]), 'Hello Bob!')
    const before = { rows: await read.dump(), position: (await checkpoint())?.position }
    let seen: object | undefined
    let calls = 0
    const open = await read.open(
      afterApply(async () => {
        if (++calls > 1) return
        seen = { rows: await read.dump(), position: (await checkpoint())?.position }
        throw new Error('crash')
      }),
    )
    const failures: unknown[] = []
    const runner = await read.start({ open, report: onFailure((error) => failures.push(error)) })
    await read.caughtUp(runner)

    expect(seen).to.deep.equal(before)
    expect(calls).to.be.greaterThan(1)
    expect(failures).to.deep.equal([])
    expect((await read.dump())['messages']).to.have.length(1)
  })

  it('repeats a batch whose connection was lost before its commit, and records no failure', async () => {
    await read.send(await read.createGroup([bob]), 'Hello Bob!')
    let calls = 0
    const open = await read.open(
      afterApply(async (_batch, tx) => {
        if (++calls === 1) await tx.query('select pg_terminate_backend(pg_backend_pid())')
      }),
    )
    const failures: unknown[] = []
    const runner = await read.start({ open, report: onFailure((error) => failures.push(error)) })
    await read.caughtUp(runner)

    expect(failures).to.have.length(1)
    expect(runner.status()).to.include({ status: 'live', failure: null })
    expect((await checkpoint())?.failure).to.equal(null)
    expect((await read.dump())['messages']).to.have.length(1)
  })

  it('pauses at the one message that fails a page written as one statement, with those before it applied', async () => {
    const chatId = await read.createGroup([bob])
    for (const content of ['one', 'two', 'three']) await read.send(chatId, content)
    const [, poison] = await read.side.log.readStream(`chat-${chatId}`, { after: 1, limit: 2 })
    let mended = false
    const open = await read.open({
      ...read.conversations,
      async pageQueries(batch, table, parameter) {
        const queries = await read.conversations.pageQueries?.(batch, table, parameter)
        const isPoisoned = !mended && batch.some(({ id }) => id === poison!.id)
        return isPoisoned ? [...queries!, 'poisoned as (update no_such_table set x = 1)'] : queries!
      },
    })
    const failures: unknown[] = []
    const runner = await read.start({ open, report: onFailure((error) => failures.push(error)) })

    const row = await eventually(async () => {
      const found = await checkpoint()
      expect(found?.failure).to.include({ eventType: 'MessageSent', position: poison!.position, code: '42P01' })
      return found!
    })
    const [before] = await read.side.log.readStream(`chat-${chatId}`, { after: 1, limit: 1 })
    expect(row.position).to.equal(before!.position)
    expect((await read.dump())['messages']!.map((message) => (message as { content: string }).content)).to.deep.equal([
      'one',
    ])
    expect(failures).to.have.length.greaterThan(0)

    mended = true
    await read.caughtUp(runner)
    expect((await read.dump())['messages']).to.have.length(3)
    expect((await checkpoint())?.failure).to.equal(null)
  })

  it('pauses at an event that cannot be applied, says which and why, and goes on once that is mended', async () => {
    const chatId = await read.createGroup([bob])
    for (const content of ['one', 'two', 'three']) await read.send(chatId, content)
    const stream = `chat-${chatId}`
    const [poison] = await read.side.log.readStream(stream, { after: 2, limit: 1 })
    let mended = false
    const open = await read.open(
      afterApply(async (batch) => {
        if (!mended && batch.some(({ id }) => id === poison!.id)) throw new RangeError('cannot be applied')
        return Promise.resolve()
      }),
    )
    const failures: unknown[] = []
    const runner = await read.start({ open, report: onFailure((error) => failures.push(error)) })

    const failed = await eventually(() => {
      const { status, failure } = runner.status()
      expect(status).to.equal('paused')
      return failure!
    })
    expect(failed).to.include({ stream, eventType: 'MessageSent', position: poison!.position, code: 'RangeError' })
    const paused = await eventually(async () => {
      const row = await checkpoint()
      expect(row?.failure).to.include({ stream, eventType: 'MessageSent', position: poison!.position })
      return row!
    })
    const [, before] = await read.side.log.readStream(stream, { limit: 2 })
    expect(paused.position).to.equal(before!.position)
    expect((await read.dump())['messages']!.map((row) => (row as { content: string }).content)).to.deep.equal(['one'])
    expect(failures).to.have.length(1)

    mended = true
    await read.caughtUp(runner)
    expect(runner.status()).to.include({ status: 'live', failure: null })
    expect((await checkpoint())?.failure).to.equal(null)
    expect((await read.dump())['messages']).to.have.length(3)
  })

  it('comes to the same rows when it is rebuilt as when it followed event by event', async () => {
    const following = await read.start()
    const team = await read.createGroup([bob], 'since-joined')
    const steps = [
      () => read.send(team, 'one'),
      () => read.run('joinChat', { chatId: team }, carol),
      () => read.send(team, 'two', carol),
      () => read.run('changeProfile', { change: { name: 'Bobby', statusText: 'away' } }, bob),
      () => read.run('markRead', { chatId: team, seq: 1, unread: false }, bob),
      () => read.run('leaveChat', { chatId: team }, alice),
      () => read.send(team, 'three', bob),
      () => read.run('removeParticipant', { chatId: team, userId: carol }, bob),
      () => read.run('joinChat', { chatId: team }, carol),
      () => read.run('addParticipants', { chatId: team, userIds: [alice], role: 'admin' }, bob),
    ]
    for (const step of steps) {
      await step()
      await read.caughtUp(following)
    }
    const incremental = await read.dump()
    await following[Symbol.asyncDispose]()

    await rebuild(read.side, read.conversations)
    const rebuilt = await read.start()
    await read.caughtUp(rebuilt)

    expect(rebuilt.status().generation).to.equal(following.status().generation + 1)
    expect(await read.dump()).to.deep.equal(incremental)
    expect(incremental['memberships']).to.have.length(5)
  })

  it('rebuilt, it holds the words and the index that it had, though messages were changed and deleted', async () => {
    const following = await read.start()
    const chatId = await read.createGroup([bob])
    await read.send(chatId, 'apples and cherries')
    const edited = await read.send(chatId, 'bananas and apples')
    const deleted = await read.send(chatId, 'cherries and damsons', bob)
    await read.run('editMessage', { chatId, messageId: edited, content: 'elderberries and apples' }, alice)
    await read.run('deleteMessage', { chatId, messageId: deleted }, bob)
    await read.caughtUp(following)
    const incremental = await read.dump()
    await following[Symbol.asyncDispose]()

    const indexes = async () => {
      const { table } = await read.open()
      const text = 'select indexdef from pg_indexes where tablename = $1 order by 1'
      const { rows } = await read.side.pool.query<{ indexdef: string }>(text, [table('search_texts')])
      return rows.map(({ indexdef }) => indexdef.replaceAll(table('search_texts'), 'search_texts'))
    }
    const before = await indexes()
    await rebuild(read.side, read.conversations)
    expect(await read.dump()).to.deep.equal(incremental)
    expect(await indexes()).to.deep.equal(before)
    expect(incremental['chat_words']!.map((row) => (row as { word: string }).word)).to.deep.equal([
      ...['and', 'apples', 'cherries', 'elderberries'],
    ])
  })

  it('goes on where it stood when it is started again', async () => {
    const first = await read.start()
    const chatId = await read.createGroup([bob])
    await read.send(chatId, 'one')
    await read.caughtUp(first)
    await first[Symbol.asyncDispose]()
    expect(first.status().status).to.equal('stopped')
    await read.send(chatId, 'two')

    const applied: string[] = []
    const open = await read.open(
      afterApply((batch) => {
        applied.push(...batch.map(({ stream, version }) => `${stream} ${version}`))
        return Promise.resolve()
      }),
    )
    await read.caughtUp(await read.start({ open }))
    expect(applied).to.deep.equal([`chat-${chatId} 3`])
  })

  it("makes a user's own command visible to who waits for its position", async () => {
    const runner = await read.start()
    const queries = await read.queries()
    const chatId = await read.createGroup([bob])
    for (const content of ['one', 'two', 'three']) {
      await read.send(chatId, content)
      await runner.progress.reached(read.ownWrites.of(alice)!)
      const found = await queries.messages(chatId, alice, { latest: true }, 1)
      expect(found?.answer.messages[0]).to.include({ content })
    }
  })
})
