import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createClub, type Club } from '../api/app/club.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type Answer, type TestApp, type TestUser } from '../support/test-app.js'
import { startReceiver, type Receiver } from '../webhooks/receiver.js'

const switched = (on: boolean): object => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: on ? 'on' : 'off',
})
/** On for this percentage of users. */
const forPercent = (percent: number): object => ({
  ...switched(false),
  targeting: {
    fractional: [
      ['on', percent],
      ['off', 100 - percent],
    ],
  },
})
const policy = (variant: string): object => ({
  state: 'ENABLED',
  variants: { off: 'off', mask: 'mask', refuse: 'refuse' },
  defaultVariant: variant,
})

describe('feature flags', function () {
  this.timeout(120_000)
  let folder: string
  let path: string
  let receiver: Receiver
  let parley: TestApp
  let ada: TestUser
  let club: Club

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-flags-'))
    path = join(folder, 'flags.json')
    receiver = await startReceiver()
    await write({})
    const config = { flagsFile: path, blockedWords: ['darn'], linkPreviews: false }
    parley = await startTestApp(config, { safeFetch: (...asked) => receiver.web.fetch(...asked) })
    ada = await parley.register('Ada')
    club = await createClub(parley, ada, [])
    receiver.chatId = club.id
  })
  after(async () => {
    await parley[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const write = (flags: object): Promise<void> => writeFile(path, JSON.stringify({ flags }))
  const codeOf = ({ status, body }: Answer): unknown => [status, (body as { code?: string }).code]
  const search = (who = ada): Promise<Answer> => parley.call('GET', '/search/messages?q=hello', { token: who.token })
  const post = (content: string): Promise<Answer> => club.call(ada, 'POST', '/messages', { content })
  const changes = async (): Promise<object[]> => {
    const events = await parley.app.core.log.readStream('log', { limit: 500 })
    return events.filter(({ type }) => type === 'FeatureFlagChanged').map(({ data }) => JSON.parse(data) as object)
  }

  it('switch search off and on without a restart, and the log has each change once, however many nodes see it', async () => {
    await parley.startNode()
    await write({ search: switched(false) })
    await eventually(async () => expect(codeOf(await search())).to.deep.equal([403, 'feature-off']))
    await write({})
    await eventually(async () => expect((await search()).status).to.equal(200))
    const off = JSON.stringify(switched(false))
    await eventually(async () =>
      expect(await changes()).to.deep.equal([
        { flag: 'search', from: null, to: off, by: 'system:flags' },
        { flag: 'search', from: off, to: null, by: 'system:flags' },
      ]),
    )
  })

  it('show who changed what in the audit trail', async () => {
    const auditor = await parley.withRoles('Audrey', 'auditor')
    await eventually(async () => {
      const { body } = await parley.call('GET', '/audit/entries?event=feature_flag_changed', { token: auditor.token })
      expect((body as { details: object }[]).map(({ details }) => details)).to.deep.include({
        flag: 'search',
        from: null,
        to: JSON.stringify(switched(false)),
        by: 'system:flags',
      })
    })
  })

  it('are rolled out to a share of the users, each of whom keeps what they have', async () => {
    const users = await Promise.all(Array.from({ length: 12 }, (_, index) => parley.register(`User${index}`)))
    const statuses = (): Promise<number[]> => Promise.all(users.map(async (user) => (await search(user)).status))
    await write({ search: forPercent(0) })
    await eventually(async () => expect(new Set(await statuses())).to.deep.equal(new Set([403])))
    await write({ search: forPercent(50) })
    const half = await eventually(async () => {
      const found = await statuses()
      expect(found).to.include(200)
      return found
    })
    expect(await statuses()).to.deep.equal(half)
    await write({ search: forPercent(100) })
    await eventually(async () => expect(new Set(await statuses())).to.deep.equal(new Set([200])))
  })

  it('choose what is done about blocked words, and a file that cannot be used changes nothing', async () => {
    await write({ 'blocked-words': policy('refuse') })
    await eventually(async () => expect(codeOf(await post('darn'))).to.deep.equal([422, 'content-refused']))
    await writeFile(path, '{"flags":{"blocked-wordz":{}}}')
    await eventually(() => expect(parley.logged.join('')).to.include('Reading FLAGS_FILE failed; retrying'))
    expect(codeOf(await post('darn'))).to.deep.equal([422, 'content-refused'])
    await write({ 'blocked-words': policy('mask') })
    await eventually(async () => {
      const { status, body } = await post('oh darn')
      expect([status, (body as { contentHtml?: string }).contentHtml]).to.deep.equal([201, '<p>oh ••••</p>'])
    })
    await eventually(() => expect(parley.logged.join('')).to.include('Reading FLAGS_FILE works again'))
    await write({ 'blocked-words': policy('off') })
    await eventually(async () => expect((await post('oh darn')).body).to.include({ contentHtml: '<p>oh darn</p>' }))
  })

  it('keep the deliveries of webhooks until they are on again, and refuse new ones', async () => {
    const body = { url: 'https://secure.example/hook' }
    await write({})
    await eventually(async () => expect((await club.call(ada, 'POST', '/webhooks', body)).status).to.equal(201))
    const incoming = await club.call(ada, 'POST', '/webhooks', { direction: 'in', name: 'Deploys' })
    const hook = new URL((incoming.body as { url: string }).url).pathname
    const speak = (): Promise<Answer> => parley.call('POST', hook, { body: { text: 'done' } })
    await write({ webhooks: switched(false) })
    await eventually(async () =>
      expect(codeOf(await club.call(ada, 'POST', '/webhooks', body))).to.deep.equal([403, 'feature-off']),
    )
    expect(await speak()).to.include({ status: 403, body: 'action_prohibited' })
    receiver.received = []
    const { id } = (await post('while it is off')).body as { id: string }
    await write({})
    const has = (): boolean => receiver.received.some(({ frame }) => frame.payload.id === id)
    await eventually(() => expect(has()).to.equal(true))
    expect(await speak()).to.include({ status: 200 })
  })

  it('that cannot be used keep a node from starting, with the name of the variable', async () => {
    await writeFile(path, '{}')
    const failure = await parley.startNode().catch((error: unknown) => error)
    expect((failure as Error).message).to.match(/^FLAGS_FILE is not in the format of flagd/)
    const missing = await parley
      .startNode({}, { flagsFile: join(folder, 'none.json') })
      .catch((error: unknown) => error)
    expect((missing as Error).message).to.equal('FLAGS_FILE cannot be read (ENOENT)')
  })
})
