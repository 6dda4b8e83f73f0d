import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { moderationStream } from '../../src/domain/streams.js'
import { createPastFrames } from '../../src/realtime/past-frames.js'
import { createDeliverEvents } from '../../src/webhooks/deliver-events.js'
import { createFindNextDelivery } from '../../src/webhooks/next-delivery.js'
import { createSendDelivery } from '../../src/webhooks/send-delivery.js'
import { createDeliveries } from '../../src/webhooks/deliveries.js'
import { MAX_FAILURES } from '../../src/webhooks/retry-delay.js'
import { createWebhookSecrets } from '../../src/webhooks/webhook-secrets.js'
import { createClub, type Club } from '../api/app/club.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'
import { isSigned, startReceiver, type Received, type Receiver } from './receiver.js'

interface Made {
  id: string
  secret: string
}

interface Listed {
  id: string
  status: string
  disabledWhy: string | null
  delivery: { failures: number; deliveredUpTo: number; lastFailure: { at: string; reason: string } | null } | null
}

const URL = 'https://secure.example/hook'

describe('webhooks', function () {
  this.timeout(240_000)
  let receiver: Receiver
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let club: Club

  before(async () => {
    receiver = await startReceiver()
    parley = await startTestApp({}, { safeFetch: (...asked) => receiver.web.fetch(...asked) })
    ada = await parley.register('Ada')
  })
  after(async () => {
    await parley[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    receiver.received = []
    receiver.answer = () => 204
    bob = await parley.register('Bob')
    await begin([bob])
  })

  async function begin(others: TestUser[], chat: object = {}): Promise<void> {
    club = await createClub(parley, ada, others, chat)
    receiver.chatId = club.id
  }

  const db = (text: string, values: unknown[] = []) =>
    parley.app.core.databases.main.query<Record<string, never>>(text, values)
  const create = async (who = ada, body: object = {}): Promise<Made> => {
    const { status, body: made } = await club.call(who, 'POST', '/webhooks', { url: URL, ...body })
    expect(status).to.equal(201)
    return made as Made
  }
  const postMessage = async (content: string, who = ada): Promise<{ id: string; version: number }> =>
    (await club.call(who, 'POST', '/messages', { content })).body as { id: string; version: number }
  const replay = (id: string, afterVersion: number, who = ada): Promise<Answer> =>
    club.call(who, 'POST', `/webhooks/${id}/replay`, { afterVersion })
  const listed = async (): Promise<Listed[]> => (await club.call(ada, 'GET', '/webhooks')).body as Listed[]
  const makeAdmin = () => club.call(ada, 'PATCH', `/participants/${bob.id}`, { role: 'admin' })
  const makeDue = () => db('update webhook_deliveries set due_at = now() where lease is null')
  const versions = (): number[] => receiver.received.map(({ frame }) => frame.payload.version)
  const contents = (): unknown[] => receiver.received.map(({ frame: { payload } }) => payload.content)
  const arrived = (count: number): Promise<Received[]> =>
    eventually(() => {
      expect(receiver.received, JSON.stringify(versions())).to.have.length.at.least(count)
      return receiver.received
    })
  const endings = async (): Promise<object[]> =>
    (await parley.app.core.log.readStream(moderationStream(club.id), { limit: 100 }))
      .filter(({ type }) => type === 'WebhookDisabled')
      .map(({ data }) => JSON.parse(data) as object)

  it('get each later event of the chat, in order, signed, equal to that of sockets and /events', async () => {
    await postMessage('before')
    const { id, secret } = await create()
    const { id: messageId } = await postMessage('one')
    await club.call(bob, 'PUT', `/messages/${messageId}/reactions/${encodeURIComponent('👍')}`)
    await postMessage('two', bob)
    const attempts = await arrived(3)
    expect(versions()).to.deep.equal([3, 4, 5])
    const { body: past } = await club.call(ada, 'GET', '/events?after=2')
    expect(attempts.map(({ frame }) => frame)).to.deep.equal(past)
    for (const attempt of attempts) {
      expect(attempt).to.include({ path: 'POST /hook', contentType: 'application/json' })
      expect(Math.abs(Number(attempt.timestamp) - Date.now() / 1_000)).to.be.lessThan(300)
      expect(isSigned(attempt, secret)).to.equal(true)
      expect(isSigned({ ...attempt, body: `${attempt.body} ` }, secret)).to.equal(false)
    }
    expect(new Set(attempts.map((attempt) => attempt.id))).to.have.property('size', 3)
    await eventually(async () => expect((await listed())[0]?.delivery).to.include({ deliveredUpTo: 5, failures: 0 }))
    expect((await listed())[0]).to.include({ id, status: 'active' })
    expect(((await club.call(bob, 'GET', '/webhooks')).body as Listed[])[0]?.delivery, 'a member').to.equal(null)
  })

  it('each gets only the events that it names', async () => {
    await create(ada, { events: ['message_edited', 'participant_left'] })
    const { id } = await postMessage('one')
    await club.call(ada, 'PATCH', `/messages/${id}`, { content: 'two' })
    for (let count = 0; count < 25; count++) await postMessage('talk')
    await club.call(bob, 'POST', '/leave')
    const attempts = await arrived(2)
    expect(attempts.map(({ frame }) => frame.event)).to.deep.equal(['message_edited', 'participant_left'])
  })

  it('a failed delivery is retried with the same id and a new signature, with growing delays, before later events', async () => {
    const { id, secret } = await create()
    receiver.answer = () => (receiver.received.length <= 2 ? 500 : 204)
    await postMessage('one')
    await postMessage('two')
    for (const [failures, seconds] of [
      [1, 5],
      [2, 10],
    ]) {
      const text = `select failures, last_failure, extract(epoch from due_at - last_failure_at)::integer as seconds
                    from webhook_deliveries where webhook_id = $1`
      await eventually(async () =>
        expect((await db(text, [id])).rows).to.deep.equal([{ failures, last_failure: 'status-500', seconds }]),
      )
      expect((await listed())[0]?.delivery?.lastFailure?.reason).to.equal('status-500')
      await makeDue()
    }
    const attempts = await arrived(4)
    expect(versions()).to.deep.equal([2, 2, 2, 3])
    expect(new Set(attempts.slice(0, 3).map((attempt) => attempt.id))).to.have.property('size', 1)
    expect(attempts.every((attempt) => isSigned(attempt, secret))).to.equal(true)
    await eventually(async () => expect((await listed())[0]?.delivery).to.include({ deliveredUpTo: 3, failures: 0 }))
  })

  const refusedAddresses = { 'a private address': [['10.0.0.7']], 'no address': [[]] }
  for (const [what, addresses] of Object.entries(refusedAddresses))
    it(`a receiver whose name has ${what} is never connected to, and the reason is not revealed`, async () => {
      receiver.web.names.set('inside.example', addresses)
      await create(ada, { url: 'https://inside.example/' })
      const reached = receiver.web.reached.length
      await postMessage('one')
      const reason = async () => (await listed())[0]?.delivery?.lastFailure?.reason
      await eventually(async () => expect(await reason()).to.equal('refused-address'))
      expect(receiver.web.reached).to.have.length(reached)
    })

  it('is disabled permanently after many failures in a row', async () => {
    const { id } = await create()
    receiver.answer = () => 503
    await postMessage('one')
    await eventually(async () => expect((await listed())[0]?.delivery?.failures).to.equal(1))
    await db('update webhook_deliveries set failures = $2 where webhook_id = $1', [id, MAX_FAILURES - 2])
    await makeDue()
    await eventually(async () => expect((await listed())[0]?.delivery?.failures).to.equal(MAX_FAILURES - 1))
    expect(await endings()).to.deep.equal([])
    await makeDue()
    await eventually(async () => expect(await endings()).to.deep.equal([{ webhookId: id, reason: 'failing' }]))
    await eventually(async () => expect((await listed())[0]).to.include({ status: 'disabled', disabledWhy: 'failing' }))
    const attempts = receiver.received.length
    await postMessage('two')
    expect((await replay(id, 0)).body).to.include({ code: 'webhook-disabled' })
    await createMarker()
    expect(receiver.received).to.have.length(attempts)
  })

  /** Another chat's webhook has got its event: whatever was due before would have been taken by then. */
  async function createMarker(): Promise<void> {
    const other = await createClub(parley, ada, [])
    await other.call(ada, 'POST', '/webhooks', { url: URL })
    receiver.answer = () => 204
    await makeDue()
    await other.call(ada, 'POST', '/messages', { content: 'mark' })
    const chats = () => receiver.ofOthers.map(({ frame }) => frame.payload.chatId)
    await eventually(() => expect(chats()).to.include(other.id))
  }

  const losses: Record<string, () => Promise<unknown>> = {
    'is a member only': () => club.call(ada, 'PATCH', `/participants/${bob.id}`, { role: 'member' }),
    'has left': () => club.call(bob, 'POST', '/leave'),
    'was removed': () => club.call(ada, 'DELETE', `/participants/${bob.id}`),
    'was banned': () => club.call(ada, 'PUT', `/bans/${bob.id}`, {}),
    'is deactivated': () => parley.app.core.runAsSystem('deactivateUser', { userId: bob.id }),
  }

  for (const [what, lose] of Object.entries(losses))
    it(`is disabled once its creator ${what}`, async () => {
      await makeAdmin()
      const { id } = await create(bob)
      const ofAda = await create(ada, { url: 'http://web.example/' })
      await postMessage('one')
      await arrived(2)
      await lose()
      await postMessage('two')
      await eventually(async () => expect(await endings()).to.deep.equal([{ webhookId: id, reason: 'creator' }]))
      await createMarker()
      expect(receiver.received.filter(({ path }) => path === 'POST /hook')).to.have.length(1)
      const states = (await listed()).map((webhook) => [webhook.id, webhook.status, webhook.disabledWhy])
      expect(states).to.deep.equal([
        [id, 'disabled', 'creator'],
        [ofAda.id, 'active', null],
      ])
      await deliverLate(id)
      expect(receiver.received.filter(({ path }) => path === 'POST /hook')).to.have.length(1)
      await deliverLate(ofAda.id)
      await eventually(() => expect(versions().at(-1)).to.equal(2))
    })

  /** As a node does that has the webhook when its creator's power ends, and has not received that it was disabled for that. */
  function deliverLate(webhookId: string, meanwhile?: () => Promise<unknown>): Promise<void> {
    const { log, reader, queries, runners, accountStatuses, runAsSystem: run, clock, databases } = parley.app.core
    const pastFrames = createPastFrames({ log, reader, queries, isSkipped: () => Promise.resolve(false) })
    const findNext = createFindNextDelivery({
      log,
      progress: runners.conversations.progress,
      queries: {
        async webhookStatuses(ids) {
          const known = [...(await queries.webhookStatuses(ids))]
          return new Map(known.map(([id, accountStatus]) => [id, { ...accountStatus, status: 'active' }]))
        },
      },
      accountStatuses,
      isOn: () => Promise.resolve(true),
      async pastFrames(...asked) {
        await meanwhile?.()
        return pastFrames(...asked)
      },
    })
    const secrets = createWebhookSecrets(databases.masterKey)
    const deliverEvents = createDeliverEvents({
      findNext,
      send: createSendDelivery({ secrets, safeFetch: receiver.web.fetch, clock }),
      deliveries: createDeliveries(databases.main),
      run,
      onAttempt: () => undefined,
    })
    return deliverEvents({ webhookId, version: 1, failures: 0, lease: randomUUID() }, new AbortController().signal)
  }

  for (const what of ['is a member only', 'is deactivated'])
    it(`gets nothing once its creator ${what}, also while an event is being read for it`, async () => {
      await makeAdmin()
      const { id } = await create(bob)
      await deliverLate(id, async () => {
        await losses[what]!()
        await postMessage('two')
        await club.call(ada, 'GET', '/messages')
      })
      await createMarker()
      expect(receiver.received).to.deep.equal([])
    })

  it('created again after its creator joined again, it stays active', async () => {
    await makeAdmin()
    const old = await create(bob)
    await club.call(bob, 'POST', '/leave')
    await club.call(ada, 'POST', '/participants', { userId: bob.id, role: 'admin' })
    const again = await create(bob)
    await postMessage('one')
    await arrived(1)
    await eventually(async () => expect(await endings()).to.deep.equal([{ webhookId: old.id, reason: 'creator' }]))
    expect((await listed()).map(({ id, status }) => [id, status])).to.deep.equal([
      [old.id, 'disabled'],
      [again.id, 'active'],
    ])
  })

  it('gets nothing after its deletion', async () => {
    const { id } = await create()
    await postMessage('one')
    await arrived(1)
    await club.call(ada, 'DELETE', `/webhooks/${id}`)
    await postMessage('two')
    await createMarker()
    expect(receiver.received.filter(({ path }) => path === 'POST /hook')).to.have.length(1)
  })

  it('gets everything after a version again in a replay, with the same ids', async () => {
    await postMessage('one')
    const { id } = await create()
    await postMessage('two')
    const [first] = await arrived(1)
    await eventually(async () => expect((await listed())[0]?.delivery?.deliveredUpTo).to.equal(3))
    const answer = await replay(id, 1)
    expect([answer.status, answer.body]).to.deep.equal([202, { afterVersion: 1 }])
    const [, again, last] = await arrived(3)
    expect(contents()).to.deep.equal(['two', 'one', 'two'])
    expect(again!.id).not.to.equal(first!.id)
    expect(last!.id).to.equal(first!.id)
    await eventually(async () => expect((await listed())[0]?.delivery?.deliveredUpTo).to.equal(3))
    expect((await replay(id, 99)).body, 'never ahead').to.deep.equal({ afterVersion: 3 })
  })

  it('gets earlier events in a replay right after its creation', async () => {
    await postMessage('one')
    const { id } = await create()
    expect((await replay(id, 0)).status).to.equal(202)
    await arrived(2)
    expect(receiver.received.map(({ frame }) => frame.event)).to.deep.equal(['chat_created', 'new_message'])
  })

  it('can be replayed by admins of the chat only, and only in its own chat', async () => {
    const { id } = await create()
    expect((await replay(id, 0, bob)).body).to.include({ code: 'not-authorized' })
    const other = await createClub(parley, ada, [bob])
    const elsewhere = await other.call(ada, 'POST', `/webhooks/${id}/replay`, { afterVersion: 0 })
    expect(elsewhere.body).to.include({ code: 'webhook-not-found' })
  })

  it('gets `skipped` for what its creator may not see, also in a replay, which starts within their visible range', async () => {
    await begin([], { historyVisibility: 'since-joined' })
    await postMessage('a hidden word')
    await club.call(ada, 'POST', '/participants', { userId: bob.id, role: 'admin' })
    const hidden = await postMessage('in visibility')
    const { id } = await create(bob)
    expect((await replay(id, 0)).body).to.deep.equal({ afterVersion: 2 })
    await club.call(bob, 'POST', '/leave')
    await postMessage('a hidden word, later')
    await club.call(ada, 'POST', '/participants', { userId: bob.id, role: 'admin' })
    const again = await create(bob, { url: 'https://secure.example/again' })
    const ofAnew = () => receiver.received.filter(({ path }) => path === 'POST /again').map(({ frame }) => frame)
    await replay(again.id, 0)
    await postMessage('last')
    await eventually(() => expect(ofAnew().at(-1)?.payload.content).to.equal('last'))
    expect(ofAnew().map(({ event, payload }) => [event, payload.version])).to.deep.equal([
      ['participant_joined', 3],
      ['new_message', hidden.version],
      ['participant_left', 5],
      ['skipped', 6],
      ['participant_joined', 7],
      ['new_message', 8],
    ])
    expect(receiver.received.map(({ body }) => body).join()).not.to.contain('hidden word')
  })

  it('never gets deleted or edited content, neither in a later attempt nor in a replay', async () => {
    const { id } = await create()
    receiver.answer = () => 500
    const [deleted, edited] = [await postMessage('a taken word'), await postMessage('a changed word')]
    await eventually(async () => expect((await listed())[0]?.delivery?.failures).to.equal(1))
    await club.call(ada, 'DELETE', `/messages/${deleted.id}`)
    await club.call(ada, 'PATCH', `/messages/${edited.id}`, { content: 'other' })
    receiver.received = []
    receiver.answer = () => 204
    await makeDue()
    await arrived(4)
    expect(contents().slice(0, 2)).to.deep.equal([null, 'other'])
    await eventually(async () => expect((await listed())[0]?.delivery?.deliveredUpTo).to.equal(5))
    await replay(id, 1)
    await arrived(8)
    expect(versions()).to.deep.equal([2, 3, 4, 5, 2, 3, 4, 5])
    expect(receiver.received.map(({ body }) => body).join()).not.to.match(/taken word|changed word/)
  })

  it('gets an event again with the same id after a crash between answer and record', async () => {
    const { id } = await create()
    receiver.answer = async () => {
      if (receiver.received.length === 1)
        await db('update webhook_deliveries set lease = null, due_at = now() where webhook_id = $1', [id])
      return 204
    }
    await postMessage('one')
    await postMessage('two')
    const [first, second, third] = await arrived(3)
    expect(contents()).to.deep.equal(['one', 'one', 'two'])
    expect(second!.id).to.equal(first!.id)
    expect(third!.id).not.to.equal(first!.id)
  })

  it('is handled by one node at a time, and by another once the lease has expired', async () => {
    const { main } = parley.app.core.databases
    const { id: webhookId } = await create()
    receiver.answer = () => 500
    await postMessage('one')
    await eventually(async () => expect((await listed())[0]?.delivery?.failures).to.equal(1))
    const nodes = Array.from({ length: 6 }, () => createDeliveries(main))
    // the app's own node is one more that may have it
    const claimed = await eventually(async () => {
      await db('update webhook_deliveries set due_at = now(), lease = null where webhook_id = $1', [webhookId])
      const all = (await Promise.all(nodes.map((node) => node.claim(100)))).flat()
      const those = all.filter((one) => one.webhookId === webhookId)
      expect(those).to.have.length(1)
      return those[0]!
    })
    expect(claimed).to.include({ version: 1 })
    await db('update webhook_deliveries set lease = gen_random_uuid() where webhook_id = $1', [webhookId])
    expect(await nodes[0]!.moveTo(claimed, 2, 'delivered'), 'it was lost').to.equal(false)
  })

  it('several nodes deliver each event once, in order', async () => {
    const other = await parley.startNode()
    await create()
    for (let count = 0; count < 30; count++) {
      const call = count % 2 === 0 ? parley.call : other.call
      await call('POST', `/chats/${club.id}/messages`, { token: ada.token, body: { content: String(count) } })
    }
    await arrived(30)
    await createMarker()
    expect(versions()).to.deep.equal(Array.from({ length: 30 }, (_, index) => index + 2))
  })

  it('gets after a restart what could not be delivered before', async () => {
    await create()
    receiver.answer = () => 500
    await postMessage('one')
    await eventually(async () => expect((await listed())[0]?.delivery?.failures).to.equal(1))
    receiver.answer = () => 204
    await parley.restart(() => Promise.resolve())
    await makeDue()
    await eventually(() => expect(contents()).to.deep.equal(['one', 'one']))
  })
})
