import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { sha256 } from '../../src/audit/chain/chain-entry.js'
import type { RawEvent } from '../../src/audit/raw/raw-event.js'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'
import { userKey } from '../../src/privacy/key-names.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { eventually } from '../support/eventually.js'
import type { Answer, TestUser } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'

onEachLog('raw events', function (kind) {
  let audited: AuditedApp
  let auditor: TestUser
  let chat: string

  before(async function () {
    this.timeout(240_000)
    audited = await startAuditedApp({ ...logConfig(kind), auditCheckpointSeconds: 86_400 })
    auditor = await audited.parley.withRoles('Ann', 'auditor')
    chat = `/audit/streams/chat-${audited.chatId}`
    for (const content of ['one secret', 'two', 'three']) await audited.send(content)
  })
  after(() => audited[Symbol.asyncDispose]())

  const ask = (path: string): Promise<Answer> => audited.parley.call('GET', path, { token: auditor.token })

  async function read(path: string): Promise<RawEvent[]> {
    const { status, body } = await ask(path)
    expect(status, JSON.stringify(body)).to.equal(200)
    return body as RawEvent[]
  }

  /** Every page from this one on; `between` runs after each. */
  async function pages(path: string, between: () => Promise<unknown>): Promise<RawEvent[][]> {
    const found: RawEvent[][] = []
    for (let next: string | undefined = path; next !== undefined;) {
      const { status, body, headers } = await ask(next)
      expect(status, JSON.stringify(body)).to.equal(200)
      found.push(body as RawEvent[])
      next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
      await between()
    }
    return found
  }

  const placed = (events: readonly RecordedEvent[]) =>
    events.map(({ position, stream, version, id, type }, index) => ({
      ...{ ordinal: index + 1, position, stream, version, id, type },
    }))

  it('of a stream are those that the log holds, sealed, with their numbers in the audit chain', async () => {
    const all = await audited.events()
    const events = await read(chat)
    const expected = placed(all).filter(({ stream }) => stream === `chat-${audited.chatId}`)
    expect(events.map(({ schemaVersion: _v, at: _a, data: _d, metadata: _m, ...place }) => place)).to.deep.equal(
      expected,
    )
    for (const [index, { ordinal, schemaVersion, at, data, metadata }] of events.entries()) {
      const stored = all[(ordinal ?? 0) - 1]
      expect([sha256(JSON.stringify(data)), sha256(JSON.stringify(metadata))], `event ${index}`).to.deep.equal([
        sha256(stored?.data ?? ''),
        sha256(stored?.metadata ?? ''),
      ])
      expect({ schemaVersion, at }).to.deep.equal(pick(JSON.parse(stored?.metadata ?? '') as Times))
    }
    expect(JSON.stringify(events)).not.to.contain('secret')
    expect((await read(`${chat}?after=1&limit=2`)).map(({ version }) => version)).to.deep.equal([2, 3])
    expect(await read(`${chat}?after=4`)).to.deep.equal([])
  })

  it('are opened on demand, without any key', async () => {
    const [, sent] = await read(`${chat}?form=plain`)
    expect(sent?.data).to.include({ content: 'one secret', seq: 1, senderId: audited.ada.id }).and.not.have.key('type')
    expect((sent?.metadata as { client: object }).client)
      .to.include({ ip: '127.0.0.1' })
      .and.have.all.keys('session', 'ip', 'userAgent')
    const [created] = await read(`${chat}?form=plain&limit=1`)
    expect(created?.data).to.include({ name: 'Garden' })
    expect(JSON.stringify([sent, created])).not.to.match(/"(key|box|nonce|sealed)"/)
  })

  it('of the whole log end where their first page began, whatever is written meanwhile', async () => {
    const before = placed(await audited.events()).length
    const found = await pages('/audit/log?limit=5', () => audited.send('meanwhile'))
    const [first, ...more] = found.flat().map(({ ordinal }) => ordinal)
    expect(first).to.equal(1)
    expect([first, ...more]).to.deep.equal(found.flat().map((_, index) => index + 1))
    // The read is recorded before it begins, and so in the listing.
    expect(found.flat().length).to.equal(before + 1)
    const middle = found[0]?.at(2)
    const rest = await read(`/audit/log?after=${middle?.position}&limit=2`)
    expect(rest.map(({ ordinal }) => ordinal)).to.deep.equal([4, 5])
  })

  it('of the stream that holds the records of its own readers come to an end', async () => {
    const records = (await audited.events()).filter(({ type }) => type === 'PrivilegedAccessStarted')
    const stream = records.at(-1)?.stream ?? ''
    const found = await pages(`/audit/streams/${stream}?limit=3`, () => Promise.resolve())
    expect(found.flat().map(({ version }) => version)).to.deep.equal(found.flat().map((_, index) => index + 1))
    expect(found.flat().length).to.be.lessThan(
      (await audited.events()).filter((event) => event.stream === stream).length,
    )
  })

  it('are recorded as read, in which form and why', async () => {
    const headers = { 'Parley-Reason': 'Complaint%2012' }
    const { body } = await audited.parley.call('GET', `${chat}?form=plain`, { token: auditor.token, headers })
    const stream = (await audited.events()).findLast(({ type }) => type === 'PrivilegedAccessStarted')?.stream ?? ''
    await eventually(async () => {
      const accesses = (await read(`/audit/streams/${stream}?form=plain&limit=200`)).map(({ data }) => data as Access)
      const started = accesses.find(({ reason }) => reason === 'Complaint 12')
      expect(started).to.include({ by: auditor.id, operation: 'GET /audit/streams/:stream' })
      const filter = { stream: `chat-${audited.chatId}`, form: 'plain' }
      expect(JSON.parse(started?.filter ?? '')).to.include(filter)
      const ended = accesses.findLast(({ accessId }) => accessId === started?.accessId)
      expect(ended).to.include({ outcome: 'done', rows: (body as unknown[]).length })
    })
  })

  it('of other streams than those of Parley are not found, and neither are those that are not there', async () => {
    const refusals = await Promise.all(
      ['$all', '$$chat', '$et-MessageSent', 'chat-', 'events', '../x', `chat-${uuid('none')}`, `user-${uuid('none')}`]
        .map((name) => `/audit/streams/${encodeURIComponent(name)}`)
        .map(async (path) => {
          const { status, body } = await ask(path)
          const { requestId: _, instance: _i, ...problem } = body as Record<string, unknown>
          return { status, problem }
        }),
    )
    for (const refusal of refusals) expect(refusal).to.deep.equal(refusals[0])
    expect(refusals[0]).to.deep.include({ status: 404 })
    expect(refusals[0]?.problem).to.include({ code: 'stream-not-found' })
    expect((await read('/audit/streams/log')).map(({ type }) => type)).to.deep.equal(['LogOpened'])
    expect((await read('/audit/streams/roles')).length).to.be.greaterThan(0)
  })

  it('after a position of another log are refused', async () => {
    for (const query of ['after=x', 'upTo=x', `after=${uuid('other')}.1`]) {
      const { status, body } = await ask(`/audit/log?${query}`)
      expect([status, (body as { code: string }).code], query).to.deep.equal([400, 'unknown-position'])
    }
  })

  it('show as erased what was erased', async () => {
    await audited.parley.app.core.dataKeys.destroy(userKey(audited.ada.id))
    const [created, sent] = await read(`${chat}?form=plain`)
    expect(created?.data).to.include({ name: null })
    expect(sent?.data).to.include({ content: null, seq: 1 })
    expect((sent?.metadata as { client: object }).client).to.include({ ip: null, userAgent: null })
  })

  it('of a stream with another name are not found, though the log has them', async () => {
    const { log } = audited.parley.app.core
    const [opened] = await log.readStream('log', { limit: 1 })
    const { type = '', data = '', metadata = '' } = opened ?? {}
    await log.append('others', 0, [{ id: randomUUID(), type, data, metadata }])
    const { status, body } = await ask('/audit/streams/others')
    expect([status, (body as { code: string }).code]).to.deep.equal([404, 'stream-not-found'])
  })

  if (kind === 'postgres')
    it('that were altered are shown as they are, and not opened', async () => {
      await audited.tamper(`update events set data = 'no JSON' where stream = 'chat-${audited.chatId}' and version = 2`)
      const [, altered] = await read(chat)
      expect(altered?.data).to.equal('no JSON')
      const { status, body } = await ask(`${chat}?form=plain`)
      expect([status, (body as { code: string }).code]).to.deep.equal([500, 'bad-mac'])
    })
})

interface Access {
  accessId: string
  by: string
  operation: string
  reason?: string
  filter?: string
  outcome?: string
  rows?: number
}

interface Times {
  schemaVersion: number
  at: string
}

const pick = ({ schemaVersion, at }: Times): Times => ({ schemaVersion, at })
