import { expect } from 'chai'
import fc from 'fast-check'
import type { AnyEvent } from '../../src/domain/any-event.js'
import type { Decided, JsonObject } from '../../src/domain/event.js'
import type { ClientBox } from '../../src/domain/metadata.js'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'
import { BoxCorruptError } from '../../src/privacy/box.js'
import { bindClient } from '../../src/privacy/client-box.js'
import { createEventReader, NewerEventError } from '../../src/privacy/event-reader.js'
import { createEventSealer, type ToSeal } from '../../src/privacy/event-sealer.js'
import { createLocalEventCache } from '../../src/privacy/local-event-cache.js'
import { createKeyStore, masterKey, type KeyStore } from './key-store.js'
import { ada, at, bob, chat, message, placed, samples } from './samples.js'

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

const erased = (event: ReturnType<typeof message>): object => ({
  ...event,
  messageType: null,
  content: null,
  mentions: null,
  mentionsAll: null,
  metadata: null,
  clientMessageId: null,
})

describe('event reader', () => {
  let store: KeyStore
  beforeEach(async () => (store = await createKeyStore()))
  afterEach(() => store[Symbol.asyncDispose]())

  function node() {
    const { dataKeys, statements } = store.node()
    const made = createLocalEventCache()
    const sealer = createEventSealer({ dataKeys, masterKey, made })
    const reader = createEventReader({ dataKeys, made })

    async function record(toSeal: ToSeal): Promise<RecordedEvent> {
      const keys = await sealer.ensureKeys(sealer.keyNames(toSeal.stream, toSeal.event, toSeal.metadata.at))
      const { stream, version } = toSeal
      return { ...sealer.seal(toSeal, keys), stream, version, position: `log.${version}` }
    }
    const open = async (...recorded: RecordedEvent[]) => (await reader.open(recorded)).map(({ event }) => event)
    return { dataKeys, statements, sealer, reader, open, record }
  }

  it('every event comes back as it was decided, on another node too', async () => {
    const events = Object.values(samples)
    const recorded = await Promise.all(events.map((event) => node().record(placed(event))))
    expect(await node().open(...recorded)).to.deep.equal(events)
  })

  it('a node reads its own events without keys, with the same result as another node', async () => {
    const { record, reader, statements } = node()
    const recorded = await Promise.all(Object.values(samples).map((event) => record(placed(event))))
    const before = statements()
    const [own, others] = [await reader.open(recorded), await node().reader.open(recorded)]
    expect(own).to.deep.equal(others)
    expect(recorded.map(reader.decode)).to.deep.equal(recorded.map(node().reader.decode))
    expect(statements()).to.equal(before)
  })

  it('a node reads its own events that were altered in the log as any other', async () => {
    const { record, open } = node()
    const recorded = await record(placed(message('hi')))
    const failure = await failureOf(open({ ...recorded, data: recorded.data.replace(/"box":"..../, '"box":"AAAA') }))
    expect(failure).to.be.instanceOf(BoxCorruptError)
  })

  it('own events are erased as well, also unread ones', async () => {
    const { dataKeys, record, open } = node()
    const recorded = await record(placed(message('mine')))
    await dataKeys.destroy(`person/${ada}`)
    expect(await open(recorded)).to.deep.equal([erased(message('mine'))])
  })

  it('any text comes back as it was sent', async () => {
    const { record } = node()
    const { open } = node()
    const texts = fc.string({ unit: 'binary' })
    await fc.assert(
      fc.asyncProperty(texts, fc.dictionary(texts, fc.jsonValue()), async (content, json) => {
        const metadata = JSON.parse(JSON.stringify(json)) as JsonObject
        const event = { ...message(content), metadata }
        expect(await open(await record(placed(event)))).to.deep.equal([event])
      }),
      { numRuns: 50 },
    )
  })

  it('a decrypted event has its position and the time of its record', async () => {
    const { record, reader } = node()
    const recorded = await record(placed(message('hi')))
    const [opened] = await reader.open([recorded])
    const { stream, version, position, id } = recorded
    expect(opened).to.include({ stream, version, position, id, at })
    expect(opened?.metadata).to.deep.equal(JSON.parse(recorded.metadata))
  })

  it('decoding for decisions needs no keys, and contains no personal data', async () => {
    const recorded = await node().record(placed(samples.MessageSent))
    const { reader, statements } = node()
    const { event, metadata } = reader.decode(recorded)
    const { type, messageId, seq, senderId, replyToId, replyToSeq, originalAt, line } = samples.MessageSent
    expect(event).to.deep.equal({ type, messageId, seq, senderId, replyToId, replyToSeq, originalAt, line })
    expect(metadata.commandId).to.equal(placed(samples.MessageSent).metadata.commandId)
    expect(statements()).to.equal(0)
  })

  it('all keys of a page are read in one query', async () => {
    const recorded = await Promise.all(Object.values(samples).map((event) => node().record(placed(event))))
    const { reader, statements } = node()
    await reader.open(recorded)
    expect(statements()).to.equal(1)
  })

  it('followers that open the same event at the same time decrypt it once', async () => {
    const recorded = await node().record(placed(message('hi')))
    const { reader } = node()
    const [[one], [other]] = await Promise.all([reader.open([recorded]), reader.open([recorded])])
    expect(one).to.equal(other)
    expect((await reader.open([recorded]))[0]).to.equal(one)
  })

  it('destroying the key of a user erases all their texts, also those just read on this node, and no others', async () => {
    const { dataKeys, record, open } = node()
    const mine = await record(placed(message('mine')))
    const theirs = await record(placed({ ...message('theirs'), senderId: bob }))
    await open(mine, theirs)
    await dataKeys.destroy(`person/${ada}`)
    const expected = [erased(message('mine')), { ...message('theirs'), senderId: bob }]
    expect(await open(mine, theirs)).to.deep.equal(expected)
    expect(await node().open(mine, theirs)).to.deep.equal(expected)
  })

  it('destroying the key of a month of a chat erases the texts of that month, and no others', async () => {
    const { dataKeys, record, open } = node()
    const inMarch = await record(placed(message('march')))
    const inMay = await record(placed(samples.MessageSent))
    await dataKeys.destroy(`chat-month/${chat}/2026-03`)
    const [march, may] = await open(inMarch, inMay)
    expect(march).to.have.property('content', null)
    expect(may).to.deep.equal(samples.MessageSent)
  })

  it('a field that was not set stays absent, and is null once the key is gone', async () => {
    const { dataKeys, record, open } = node()
    const event: Decided<AnyEvent> = { type: 'ProfileChanged', userId: ada, avatarUrl: null }
    const recorded = await record(placed(event))
    expect(await open(recorded)).to.deep.equal([event])
    await dataKeys.destroy(`person/${ada}`)
    expect(await open(recorded)).to.deep.equal([{ ...event, name: null, statusText: null }])
  })

  it('a box in another event, or under another user, does not open', async () => {
    const { record, reader } = node()
    const recorded = await record(placed(message('hi')))
    await record(placed({ ...message('hi'), senderId: bob }))
    const moved = [
      { ...recorded, id: '10000000-0000-4000-8000-00000000000a' },
      { ...recorded, stream: 'chat-other' },
      { ...recorded, data: recorded.data.replaceAll(ada, bob) },
    ]
    for (const event of moved) expect(await failureOf(reader.open([event]))).to.be.instanceOf(BoxCorruptError)
  })

  it('a message of version 1, with its type in clear text and without mentions, can be read', async () => {
    const { dataKeys, record, open } = node()
    const { messageType, mentions: _, mentionsAll: __, ...first } = message('hi')
    const sealed = await record(placed(first as ReturnType<typeof message>))
    const data = JSON.stringify({ ...(JSON.parse(sealed.data) as JsonObject), messageType })
    const recorded = { ...sealed, data, metadata: sealed.metadata.replace('"schemaVersion":2', '"schemaVersion":1') }
    expect(await open(recorded)).to.deep.equal([{ ...message('hi'), mentions: null, mentionsAll: null }])
    await dataKeys.destroy(`person/${ada}`)
    expect(await open(recorded)).to.deep.equal([erased(message('hi'))])
  })

  it('an event stored under a former name has the current one, and its bytes are not changed', async () => {
    const { record, open } = node()
    const recorded = { ...(await record(placed(samples.UserBlocked))), type: 'PersonBlocked' }
    expect(await open(recorded)).to.deep.equal([samples.UserBlocked])
    expect(recorded.type).to.equal('PersonBlocked')
  })

  it('an event of a later release is refused with its own error, not skipped', async () => {
    const { record, reader } = node()
    const recorded = await record(placed(message('hi')))
    const newer = { ...recorded, metadata: recorded.metadata.replace('"schemaVersion":2', '"schemaVersion":3') }
    for (const event of [newer, { ...recorded, type: 'MessageForwarded' }, { ...recorded, type: 'toString' }]) {
      expect(() => reader.decode(event)).to.throw(NewerEventError)
      expect(await failureOf(reader.open([event]))).to.be.instanceOf(NewerEventError)
    }
    const failure = await failureOf(reader.open([newer]))
    expect(failure).to.include({ type: 'MessageSent', schemaVersion: 3, stream: recorded.stream, version: 7 })
  })

  it('client info can be decrypted with its session, until the key of the user or the month is destroyed', async () => {
    const { dataKeys, sealer, reader } = node()
    const client = { ip: '2001:db8::1', userAgent: 'Secret/1.0 ü' }
    const sealedFor = (userId: string) => sealer.sealClient({ userId, session: 's1', ...client }, at)
    const [mine, theirs] = [await sealedFor(ada), await sealedFor(bob)]
    const open = (...boxes: ClientBox[]) => reader.openClients(boxes.map(bindClient))
    expect(await open(mine, theirs, mine)).to.deep.equal([client, client, client])
    expect(await failureOf(open({ ...mine, session: 's2' }))).to.be.instanceOf(BoxCorruptError)
    await dataKeys.destroy(`person/${ada}`)
    expect(await open(mine, theirs)).to.deep.equal([null, client])
    await dataKeys.destroy('request-month/2026-03')
    expect(await open(theirs)).to.deep.equal([null])
  })
})
