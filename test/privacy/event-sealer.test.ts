import { expect } from 'chai'
import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import type { JsonObject } from '../../src/domain/event.js'
import { KeyDestroyedError } from '../../src/privacy/data-keys.js'
import { deriveMacKey, verifyMac } from '../../src/privacy/event-mac.js'
import { createEventSealer, type EventSealer, type ToSeal } from '../../src/privacy/event-sealer.js'
import { anotherMasterKey, createKeyStore, masterKey, type KeyStore } from './key-store.js'
import { ada, at, bob, chat, message, placed, samples, streamOf } from './samples.js'

const session = { userId: ada, session: 's1', ip: '192.0.2.7', userAgent: 'Secret/1.0' }

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('event sealer', () => {
  let store: KeyStore
  let sealer: EventSealer
  before(async () => {
    store = await createKeyStore()
    sealer = createEventSealer({ dataKeys: store.node().dataKeys, masterKey })
  })
  after(() => store[Symbol.asyncDispose]())

  async function seal(toSeal: ToSeal) {
    const keys = await sealer.ensureKeys(sealer.keyNames(toSeal.stream, toSeal.event, toSeal.metadata.at))
    return sealer.seal(toSeal, keys)
  }

  for (const event of Object.values(samples)) {
    it(`no personal data of ${event.type} is stored in clear text`, async () => {
      const { data, metadata } = await seal(placed(event))
      expect(`${data}${metadata}`).to.not.match(/secret/i)
    })
  }

  it('has public fields in the order of the table, then one box for each key', async () => {
    const backwards = Object.fromEntries(Object.entries(samples.MessageSent).reverse()) as typeof samples.MessageSent
    const data = JSON.parse((await seal(placed(backwards))).data) as JsonObject
    expect(Object.keys(data).join()).to.equal('messageId,seq,senderId,replyToId,replyToSeq,originalAt,line,sealed')
    expect(data['sealed']).to.have.length(1)
  })

  it('an event without personal data has no boxes, and needs no keys', async () => {
    const { data } = await seal(placed(samples.ParticipantRemoved))
    expect(data).to.equal(JSON.stringify({ userId: bob, by: ada }))
    expect(sealer.keyNames(`user-${ada}`, { type: 'ProfileChanged', userId: ada }, at)).to.deep.equal([])
  })

  it('an undeclared field is not written', async () => {
    const { data } = await seal(placed({ ...samples.ParticipantRemoved, reason: 'a secret' } as never))
    expect(data).to.equal(JSON.stringify({ userId: bob, by: ada }))
  })

  it('the key belongs to the user and the month of the displayed time in UTC', () => {
    const namesOf = (event: ToSeal['event']) => sealer.keyNames(streamOf(event), event, at)
    expect(namesOf(message('hi'))).to.deep.equal([`person/${ada}+chat-month/${chat}/2026-03`])
    expect(namesOf(samples.MessageSent)).to.deep.equal([`person/${ada}+chat-month/${chat}/2019-05`])
    const added = { ...samples.LinkPreviewsAdded, sentAt: '2026-02-28T23:59:59.999Z' }
    expect(namesOf(added), 'of the message').to.deep.equal([`person/${ada}+chat-month/${chat}/2026-02`])
    expect(namesOf(samples.ChatCreated)).to.deep.equal([`person/${ada}`])
    expect(namesOf(samples.ProfileChanged)).to.deep.equal([`person/${ada}`])
  })

  it('metadata keeps its order and leaves out what is absent', async () => {
    const event = placed(message('hi'))
    const client = await sealer.sealClient(session, at)
    const full = { client, fingerprint: 'f', causationId: 'c', ...event.metadata }
    const keysOf = async (toSeal: ToSeal) => Object.keys(JSON.parse((await seal(toSeal)).metadata) as object).join()
    expect(await keysOf(event)).to.equal('schemaVersion,at,commandId,actor,origin,correlationId,mac')
    expect(await keysOf({ ...event, metadata: full })).to.equal(
      'schemaVersion,at,commandId,fingerprint,actor,origin,correlationId,causationId,client,mac',
    )
  })

  it('the MAC is the HMAC of the definition, taken literally', async () => {
    for (const event of Object.values(samples)) {
      const toSeal = { ...placed(event), stream: `${streamOf(event)} "ü` }
      const { id, type, data, metadata } = await seal(toSeal)
      const { mac, ...rest } = JSON.parse(metadata) as JsonObject
      const key = createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', 'parley/event-mac', 32)))
      const text = JSON.stringify([toSeal.stream, toSeal.version, id, type, JSON.parse(data), rest])
      expect(mac).to.equal(createHmac('sha256', key).update(text).digest('base64url'))
    }
  })

  it('a MAC is valid only for the event at its place', async () => {
    const { stream, version, event } = placed(message('hi'))
    const recorded = { ...(await seal(placed(event))), stream, version, position: 'l.1' }
    const macKey = deriveMacKey(masterKey)
    expect(verifyMac(macKey, recorded)).to.equal(true)
    const forged = [
      { stream: 'chat-other' },
      { version: 8 },
      { id: '10000000-0000-4000-8000-000000000009' },
      { type: 'MessageEdited' },
      { data: recorded.data.replace('"seq":5', '"seq":6') },
      { metadata: recorded.metadata.replace('"rest"', '"system"') },
      { metadata: recorded.metadata.replace(/,"mac".*$/, '}') },
    ]
    for (const change of forged) expect(verifyMac(macKey, { ...recorded, ...change })).to.equal(false)
    expect(verifyMac(deriveMacKey(anotherMasterKey), recorded)).to.equal(false)
  })

  it('client info is encrypted once per session and month while it does not change', async () => {
    const boxes = await Promise.all([sealer.sealClient(session, at), sealer.sealClient(session, at)])
    expect(boxes[0]).to.equal(boxes[1])
    expect(boxes[0].key).to.equal(`person/${ada}+request-month/2026-03`)
    const others = [
      await sealer.sealClient({ ...session, ip: '192.0.2.8' }, at),
      await sealer.sealClient({ ...session, session: 's2' }, at),
      await sealer.sealClient(session, '2026-04-01T00:00:00.000Z'),
    ]
    expect(new Set([...boxes, ...others].map(({ box }) => box)).size).to.equal(4)
  })

  it('a fingerprint distinguishes texts and users, and is the same on every node', async () => {
    const sameElsewhere = createEventSealer({ dataKeys: store.node().dataKeys, masterKey })
    const print = await sealer.fingerprint(ada, 'a body')
    expect(print).to.match(/^[\w-]{43}$/)
    expect(await sameElsewhere.fingerprint(ada, 'a body')).to.equal(print)
    expect(await sealer.fingerprint(bob, 'a body')).to.not.equal(print)
    expect(await sealer.fingerprint(ada, 'a bodY')).to.not.equal(print)
  })

  it('nothing can be encrypted for a user whose key was destroyed', async () => {
    const { dataKeys } = store.node()
    const node = createEventSealer({ dataKeys, masterKey })
    const carol = { ...session, userId: 'carol' }
    await node.sealClient(carol, at)
    await node.fingerprint('carol', 'a body')
    await node.ensureKeys(['person/carol'])
    await dataKeys.destroy('person/carol')
    const attempts = [
      node.sealClient(carol, at),
      node.fingerprint('carol', 'a body'),
      node.ensureKeys(['person/carol', `person/carol+chat-month/${chat}/2026-03`]),
    ]
    for (const attempt of attempts) expect(await failureOf(attempt)).to.be.instanceOf(KeyDestroyedError)
  })
})
