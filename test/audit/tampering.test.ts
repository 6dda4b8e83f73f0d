import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { FIRST_HASH, hashEntry } from '../../src/audit/chain/chain-entry.js'
import { entriesAfter } from '../../src/audit/chain/entry-table.js'
import { ChainChangedError } from '../../src/audit/checkpoints/sign-checkpoint.js'
import { chatKind } from '../../src/commands/catalogue/chat-kind.js'
import type { ChatEvent } from '../../src/domain/chat/events.js'
import type { PublicEvent } from '../../src/domain/event.js'
import { eventually } from '../support/eventually.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'
import { rewriteChain } from './rewrite-chain.js'

/** The entry that is tampered with; others come before and after it. */
const AT = 6

describe('tampering behind the back of Parley is found, at the right entry', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let total: number

  beforeEach(async () => {
    audited = await startAuditedApp()
    for (let message = 1; message <= 10; message++) await audited.send(`message ${message}`)
    total = await audited.chained()
  })
  afterEach(() => audited[Symbol.asyncDispose]())

  const found = async (from: 'log' | 'table' = 'log') => (await audited.verify(from)).firstDivergence
  const pool = () => audited.parley.app.core.databases.main

  /** Makes room for one more entry, or closes the gap that one has left. */
  const shift = (by: 1 | -1): string[] => [
    `update audit_chain set ordinal = -ordinal where ordinal > ${by === 1 ? AT - 1 : AT}`,
    `update audit_chain set ordinal = -ordinal + ${by} where ordinal < 0`,
  ]

  /** Recomputes all hashes of the chain, as anyone with the database can. */
  async function rehash(): Promise<void> {
    let previous = FIRST_HASH
    const statements: string[] = []
    for (const row of await entriesAfter(pool(), 0, 10_000)) {
      previous = hashEntry(previous, row)
      statements.push(`update audit_chain set hash = '\\x${previous}' where ordinal = ${row.ordinal}`)
    }
    await audited.tamper(...statements)
  }

  it('nothing was tampered with: nothing is found', async () => {
    await audited.parley.app.core.chain.sign()
    expect(await audited.verify()).to.include({ ok: true, done: total, total, signedUpTo: total })
  })

  it('an altered entry', async () => {
    await audited.tamper(`update audit_chain set type = 'MessageEdited' where ordinal = ${AT}`)
    expect(await found('table')).to.deep.equal({ ordinal: AT, reason: 'entry-altered' })
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entry-altered' })
  })

  it('an altered entry after which all hashes were computed again', async () => {
    await audited.tamper(`update audit_chain set at = '2020-01-01T00:00:00.000Z' where ordinal = ${AT}`)
    await rehash()
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entry-altered' })
  })

  it('a removed entry', async () => {
    await audited.tamper(`delete from audit_chain where ordinal = ${AT}`)
    expect(await found('table')).to.deep.equal({ ordinal: AT, reason: 'entry-removed' })
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entry-removed' })
    await audited.tamper(...shift(-1))
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entry-removed' })
  })

  const INSERTED = `insert into audit_chain select ${AT}, stream, version + 100, '${randomUUID()}', type, at, data_digest, metadata_digest, hash, true
    from audit_chain where ordinal = ${AT + 1}`

  it('an inserted entry', async () => {
    await audited.tamper(...shift(1), INSERTED)
    expect(await found('table')).to.deep.equal({ ordinal: AT, reason: 'entry-inserted' })
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entry-inserted' })
  })

  it('an inserted entry with the right hash', async () => {
    await audited.tamper(...shift(1), INSERTED)
    const [before, inserted] = await entriesAfter(pool(), AT - 2, 2)
    await audited.tamper(
      `update audit_chain set hash = '\\x${hashEntry(before!.hash, inserted!)}' where ordinal = ${AT}`,
    )
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entry-inserted' })
  })

  it('two swapped entries', async () => {
    await audited.tamper(
      `update audit_chain set ordinal = -${AT} where ordinal = ${AT}`,
      `update audit_chain set ordinal = ${AT} where ordinal = ${AT + 1}`,
      `update audit_chain set ordinal = ${AT + 1} where ordinal = -${AT}`,
    )
    expect(await found('table')).to.deep.equal({ ordinal: AT, reason: 'entries-swapped' })
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entries-swapped' })
  })

  const truncated = `delete from audit_chain where ordinal >= ${AT}`

  it('a truncated tail, by the checkpoint that covers it', async () => {
    await audited.parley.app.core.chain.sign()
    await audited.tamper(truncated, `delete from audit_tree where last_leaf >= ${AT}`)
    expect(await found('table')).to.deep.equal({ ordinal: AT, reason: 'entry-removed' })
  })

  it('a truncated tail without a checkpoint, by how far the log was entered', async () => {
    await audited.tamper(truncated, `delete from audit_tree where last_leaf >= ${AT}`)
    expect(await found('table')).to.equal(null)
    expect(await found()).to.deep.equal({ ordinal: AT, reason: 'entry-removed' })
  })

  it('an altered node of the tree, and a missing one', async () => {
    await audited.tamper(`update audit_tree set hash = '\\x00' where last_leaf = ${AT} and level = 1`)
    expect(await found('table')).to.deep.equal({ ordinal: AT, reason: 'tree-altered' })
    await audited.tamper(`delete from audit_tree where last_leaf = ${AT} and level = 1`)
    expect(await found('table')).to.deep.equal({ ordinal: AT, reason: 'tree-altered' })
  })

  describe('checkpoints', () => {
    beforeEach(async () => {
      await audited.parley.app.core.chain.sign()
    })

    it('a forged one', async () => {
      const at = `at = '2020-01-01T00:00:00.000Z'`
      await audited.tamper(`update audit_checkpoints set ${at}`)
      expect(await found('table')).to.deep.equal({ ordinal: total, reason: 'checkpoint-forged' })
    })

    it('one of a key that is not known', async () => {
      await audited.tamper(`update audit_checkpoints set kid = 'other'`)
      expect(await found('table')).to.deep.equal({ ordinal: total, reason: 'checkpoint-key-unknown' })
    })

    it('one that contradicts a chain that was computed again: nothing more is signed', async () => {
      const events = await audited.events()
      await audited.tamper(...rewriteChain(events.with(AT - 1, { ...events[AT - 1]!, type: 'MessageEdited' })))
      expect(await found('table')).to.deep.equal({ ordinal: total, reason: 'checkpoint-contradicted' })
      await audited.send('one more')
      await audited.chained()
      const signing = await audited.parley.app.core.chain.sign().catch((error: unknown) => error)
      expect(signing).to.be.instanceOf(ChainChangedError)
    })
  })

  describe('the event table', () => {
    it('an altered event', async () => {
      await audited.tamper(`update events set data = replace(data, '"seq":', '"seq": ') where "position" = ${AT}`)
      expect(await found()).to.deep.equal({ ordinal: AT, reason: 'event-altered' })
      expect(await found('table')).to.equal(null)
    })

    it('a removed event, and a removed tail', async () => {
      await audited.tamper(`delete from events where "position" = ${AT}`)
      expect(await found()).to.deep.equal({ ordinal: AT, reason: 'event-removed' })
      await audited.tamper(`delete from events where "position" > ${AT}`)
      expect(await found()).to.deep.equal({ ordinal: AT, reason: 'event-removed' })
    })

    it('an inserted event', async () => {
      await audited.tamper(
        `update events set "position" = -"position" where "position" >= ${AT}`,
        `update events set "position" = -"position" + 1 where "position" < 0`,
        `insert into events select ${AT}, stream, 100, '${randomUUID()}', type, data, metadata from events where "position" = ${AT - 1}`,
      )
      expect(await found()).to.deep.equal({ ordinal: AT, reason: 'event-inserted' })
    })

    it('two swapped events', async () => {
      await audited.tamper(
        `update events set "position" = -${AT} where "position" = ${AT}`,
        `update events set "position" = ${AT} where "position" = ${AT + 1}`,
        `update events set "position" = ${AT + 1} where "position" = -${AT}`,
      )
      expect(await found()).to.deep.equal({ ordinal: AT, reason: 'events-swapped' })
    })

    it('a forged event, which was entered as any other', async () => {
      await audited.tamper(
        `insert into events select ${total + 1}, stream, version + 1, '${randomUUID()}', type, data, metadata
         from events where stream = 'chat-${audited.chatId}' order by version desc limit 1`,
      )
      expect(await audited.chained()).to.equal(total + 1)
      expect(await found()).to.deep.equal({ ordinal: total + 1, reason: 'event-forged' })
      expect(await found('table')).to.deep.equal({ ordinal: total + 1, reason: 'event-forged' })
      const { status, body } = await audited.parley.call('GET', '/readyz')
      expect(status).to.equal(200)
      expect(body).to.have.nested.include({ status: 'degraded', 'components.audit.reason': 'event-forged' })
    })
  })

  it('a forged event pauses the projections that it could change, until the operator has them skip it', async () => {
    const { parley, ada, chatId } = audited
    const admin = await parley.withRoles('Root', 'admin')
    await audited.tamper(
      `insert into events select (select max("position") + 1 from events), stream, version + 1, '${randomUUID()}', type, data, metadata
       from events where stream = 'chat-${chatId}' order by version desc limit 1`,
    )
    for (const name of ['conversations', 'decision_index']) {
      const failure = await eventually(async () => {
        const { body } = await parley.call('GET', `/projections/${name}`, { token: admin.token })
        const { failure: found } = body as { failure: { code: string; position: string } | null }
        expect(found?.code, name).to.equal('bad-mac')
        return found!
      })
      const body = { position: failure.position, reason: 'forged' }
      const { status } = await parley.call('POST', `/projections/${name}/skip`, { token: admin.token, body })
      expect(status).to.equal(202)
    }
    await eventually(async () => {
      const { status, body } = await parley.call('GET', `/chats/${chatId}/messages`, { token: ada.token })
      expect(status).to.equal(200)
      expect((body as object[]).length).to.equal(10)
    })
  })

  it('protection that was taken away shows in /readyz', async () => {
    const reason = async () => {
      const { body } = await audited.parley.call('GET', '/readyz')
      return (body as { components: { audit: { reason: string | null } } }).components.audit.reason
    }
    expect(await reason()).to.equal('shared-database-role')
    await audited.tamper()
    expect(await reason()).to.equal('triggers-missing')
  })

  it('an edited snapshot', async () => {
    const { log, reader } = audited.parley.app.core
    const events = await log.readStream(`chat-${audited.chatId}`, { limit: 100 })
    const { decider, snapshot } = chatKind
    const state = events.reduce(
      (chat, recorded) => decider.evolve(chat, reader.decode(recorded).event as PublicEvent<ChatEvent>),
      decider.initial,
    )
    const last = events.at(-1)!
    const { at } = reader.decode(last).metadata
    await pool().query(
      'insert into snapshots (stream, evolve_version, version, position, last_at, state) values ($1, $2, $3, $4, $5, $6)',
      [last.stream, snapshot.evolveVersion, last.version, last.position, at, JSON.stringify(snapshot.toJson(state))],
    )
    expect(await found()).to.equal(null)
    await audited.tamper(`update snapshots set state = replace(state, '"owner"', '"member"')`)
    const ordinal = (await audited.events()).findIndex(({ id }) => id === last.id) + 1
    expect(await found()).to.deep.equal({ ordinal, reason: 'snapshot-altered' })
    expect(await found('table')).to.equal(null)
    const first = (await audited.events()).findIndex(({ stream }) => stream === last.stream) + 1
    await audited.tamper(`update events set data = '{nothing}' where "position" = ${first}`)
    expect(await found()).to.deep.equal({ ordinal: first, reason: 'event-altered' })
  })
})
