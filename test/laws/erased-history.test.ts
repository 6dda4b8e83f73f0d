import { expect } from 'chai'
import { createAppReplay } from '../../src/app/app-replay.js'
import { checkpointsAfter } from '../../src/audit/checkpoints/checkpoint-table.js'
import type { NewEvent, RecordedEvent } from '../../src/eventstore/event-log.js'
import { readCheckpoint } from '../../src/projections/engine/checkpoint.js'
import { tableName } from '../../src/projections/engine/projection.js'
import { startAuditedApp, type AuditedApp } from '../audit/audited-app.js'
import { allEvents, copyEvents, headsAt } from '../audit/chain-heads.js'
import { caughtUp, erasureDone } from '../erasure/erasures-done.js'
import { openPostgresLog } from '../eventstore/postgres-log.js'
import type { ChatSnapshot } from '../support/client-model.js'
import { eventually } from '../support/eventually.js'
import { newPrefix, openEventStoreLog } from '../support/event-logs.js'
import { noFailures } from '../support/failure-report.js'
import { randomsOf } from '../support/randoms.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { checkVisibility } from './check-visibility.js'
import { expectSeen, replayChat } from './check-replay.js'
import { pickFrom, playLongHistory, playRound } from './long-history.js'
import { maskErased } from './mask-erased.js'
import { naiveChat } from './naive-chat.js'
import type { ImportDirectory } from './perform.js'
import { snapshotOf } from './snapshot-of.js'
import { tableDigests } from './table-digests.js'

/** `npm run soak` plays more. */
const EVENTS = Number(process.env['PARLEY_HISTORY_EVENTS'] ?? 2_000)
const SEED = Number(process.env['PARLEY_HISTORY_SEED'] ?? Date.now() % 1_000_000_000)
/** One user in so many events is erased; two of each group of five. */
const EVENTS_PER_ERASED_USER = 500
const GROUPS = Math.ceil(EVENTS / EVENTS_PER_ERASED_USER / 2)
const LONG = { timeoutMs: 600_000 }

interface Seen {
  chatId: string
  viewer: string
  snapshot: ChatSnapshot
}

interface MessageRow {
  id: string
  chatId: string
  seq: number
  senderId: string
  content: string | null
}

describe(`${EVENTS} random events, of which the authors of some are erased (seed ${SEED})`, function () {
  this.timeout(3_600_000)
  const randoms = randomsOf(SEED)
  let audited: AuditedApp
  let casts: ImportDirectory[]
  let erased: ReadonlySet<string>
  const seen: Seen[] = []

  const core = () => audited.parley.app.core
  const run: ReturnType<typeof core>['run'] = (name, input, caller) => core().run(name, input, caller)

  /** Once more where the read model is behind on a busy machine: what was registered then is a user without messages. */
  const register = async (name: string): Promise<string> =>
    (await eventually(() => audited.parley.register(name), LONG)).id

  /** What a user sees of a chat in which nothing happens. */
  async function look(cast: ImportDirectory): Promise<void> {
    await caughtUp(audited.parley)
    const [chatId, viewer] = [pickFrom(cast.chatIds, randoms), pickFrom(cast.users, randoms)]
    const snapshot = await snapshotOf(core().queries, chatId, viewer)
    if (snapshot !== null) seen.push({ chatId, viewer, snapshot })
  }

  async function messageRows(): Promise<MessageRow[]> {
    const { databases, projections } = core()
    const { generation } = (await readCheckpoint(databases.main, projections.conversations))!
    const { rows } = await databases.main.query<MessageRow>(
      `select id, chat_id as "chatId", seq, sender_id as "senderId", content
       from ${tableName(projections.conversations, generation)('messages')} order by chat_id, seq`,
    )
    return rows
  }

  async function rebuildEverything(): Promise<void> {
    const { managedProjections } = core()
    await Promise.all(
      managedProjections.map(async ({ name, rebuild, state }) => {
        const { generation } = await state()
        expect(await rebuild(), name).to.equal(true)
        await eventually(async () => expect((await state()).generation, name).to.be.above(generation ?? 0), LONG)
      }),
    )
  }

  async function sign(): Promise<void> {
    await audited.chained()
    await core().chain.sign()
  }

  before(async () => {
    audited = await startAuditedApp({ auditCheckpointSeconds: 86_400 })
    const names = ['Ann', 'Ben', 'Cat', 'Dan', 'Eve']
    const groups: string[][] = Array.from({ length: GROUPS }, () => [])
    for (const [index, group] of groups.entries())
      for (const name of names) group.push(await register(`${name}${index}`))
    erased = new Set(groups.flatMap((group, index) => [group[index % 5]!, group[(index + 2) % 5]!]))
    casts = await playLongHistory(run, groups, { seed: SEED, events: EVENTS, onPause: look })
    await sign()
  })
  after(() => audited[Symbol.asyncDispose]())

  it('shows the messages of erased users as erased, and all others as before', async () => {
    const { parley } = audited
    const rows = await messageRows()
    const admin = await parley.withRoles('Root', 'admin')
    for (const id of erased)
      expect((await parley.call('POST', `/users/${id}/erasure`, { token: admin.token })).status).to.equal(202)
    for (const id of erased) await erasureDone(parley, id)
    expect(await messageRows()).to.deep.equal(
      rows.map((row) => (erased.has(row.senderId) ? { ...row, content: null } : row)),
    )
    await sign()
  })

  it('gives the same rows when everything is built again', async () => {
    await caughtUp(audited.parley)
    const digests = await tableDigests(core())
    await rebuildEverything()
    await caughtUp(audited.parley)
    expect(await tableDigests(core())).to.deep.equal(digests)
  })

  it('goes on in the last chats of each group', async () => {
    const last = new Map(casts.map((cast) => [cast.users, cast]))
    const playOn = async (cast: ImportDirectory): Promise<void> => {
      const users = cast.users.filter((id) => !erased.has(id))
      const others = { ...cast, users: cast.users.map((id) => (erased.has(id) ? pickFrom(users, randoms) : id)) }
      await playRound(run, others, SEED - 1 - casts.indexOf(cast))
      await look(others)
    }
    await Promise.all(Array.from(last.values(), playOn))
    await sign()
  })

  it('replays as clients saw it, without what was erased since', async () => {
    const replay = createAppReplay(core(), core().content.renderContent)
    for (const { chatId, snapshot } of seen) {
      const replayed = await replayChat(replay, { chatId, version: snapshot.chat.version, limit: 100 })
      expectSeen(replayed, maskErased(snapshot, erased))
    }
  })

  it('shows each user what the visibility rule allows', async () => {
    const { log, reader, queries } = core()
    await caughtUp(audited.parley)
    const events = await reader.open(await allEvents(log))
    for (const { chatIds, users } of casts) {
      const chatId = pickFrom(chatIds, randoms)
      const chat = naiveChat(chatId, events)
      for (const limit of [49, 50])
        await checkVisibility(queries, chatId, { chat, viewer: pickFrom(users, randoms), limit })
    }
  })

  describe('copied to EventStoreDB and back', () => {
    let events: RecordedEvent[]
    let there: RecordedEvent[]
    let back: RecordedEvent[]
    let database: TestDatabase

    before(async () => {
      database = await createTestDatabase()
      events = await audited.events()
      const { id, type, data, metadata } = events[0]!
      const openingEvent = (): NewEvent => ({ id, type, data, metadata })
      await using store = await openEventStoreLog(newPrefix(), openingEvent, { report: noFailures })
      await copyEvents(events, store)
      there = await allEvents(store)
      await using opened = await openPostgresLog(database.url, { openingEvent })
      await copyEvents(there, opened.log)
      back = await allEvents(opened.log)
    })
    after(() => database[Symbol.asyncDispose]())

    it('it has the same chain and tree heads at every checkpoint', async () => {
      const checkpoints = await checkpointsAfter(core().databases.main, 0, 100)
      expect(checkpoints.length).to.be.at.least(3)
      const signed = checkpoints.map(({ ordinal, hash, treeHead }) => ({ ordinal, hash, treeHead }))
      for (const copy of [events, there, back])
        expect(
          headsAt(
            copy,
            signed.map(({ ordinal }) => ordinal),
            randoms,
          ),
        ).to.deep.equal(signed)
    })

    it('verification passes, and a node that starts on the copy has the same chain and the same rows', async () => {
      expect(await audited.verify()).to.deep.include({ ok: true, firstDivergence: null })
      const node = await audited.parley.startNode({}, { databaseUrl: database.url })
      const { chain, log } = node.app.core
      await caughtUp(node)
      expect(await chain.runner.progress.reached(await log.head(), LONG)).to.equal(true)
      const { head } = await audited.verify()
      const options = { onProgress: () => undefined, signal: new AbortController().signal }
      expect(await chain.verify('log', options)).to.deep.include({ ok: true, head })
      expect(await tableDigests(node.app.core)).to.deep.equal(await tableDigests(core()))
    })
  })
})
