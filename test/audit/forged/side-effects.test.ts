import { expect } from 'chai'
import { chatStream, rolesStream, userStream } from '../../../src/domain/streams.js'
import type { Fetched } from '../../../src/outbound/outcome.js'
import { eventually } from '../../support/eventually.js'
import type { TestUser } from '../../support/test-app.js'
import { startAuditedApp, type AuditedApp } from '../audited-app.js'
import { alter, codeOf, forge, skip } from './forge.js'

describe('followers with effects and events that were altered or forged', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let admin: TestUser
  let fetched: string[]
  let erasing: string[]

  beforeEach(async () => {
    fetched = []
    erasing = []
    audited = await startAuditedApp(
      { linkPreviews: true },
      {
        safeFetch: (url): Promise<Fetched> => {
          fetched.push(url)
          return Promise.resolve({ kind: 'ok', status: 204, headers: {}, body: Buffer.alloc(0), isCut: false, url })
        },
        beforeErasureStep: (_, userId) => Promise.resolve(void erasing.push(userId)),
      },
    )
    admin = await audited.parley.withRoles('Root', 'admin')
  })
  afterEach(() => audited[Symbol.asyncDispose]())

  const listChats = ({ token }: TestUser, call = audited.parley.call) => call('GET', '/chats', { token })

  async function otherChat(): Promise<string> {
    const body = { participantIds: [], name: 'Other' }
    return ((await audited.parley.call('POST', '/chats', { token: audited.ada.token, body })).body as { id: string }).id
  }

  const sendTo = (chatId: string, content: string) =>
    audited.parley.call('POST', `/chats/${chatId}/messages`, { token: audited.ada.token, body: { content } })

  it('a forged request for an erasure erases nobody, and later requests are handled', async () => {
    const { parley, ada } = audited
    const bob = await parley.register('Bob')
    const forged = await forge(parley, rolesStream, {
      type: 'UserErasureRequested',
      data: { userId: ada.id, by: ada.id },
    })
    await skip(parley, admin, forged)
    const body = { password: 'correct horse' }
    expect((await parley.call('POST', '/users/me/erasure', { token: bob.token, body })).status).to.equal(202)
    await eventually(async () => {
      const events = await parley.app.core.log.readStream(userStream(bob.id), { limit: 100 })
      expect(events.at(-1)?.type).to.equal('UserErased')
    })
    expect(new Set(erasing)).to.deep.equal(new Set([bob.id]))
  })

  it('a forged revocation refuses nobody; later ones are followed', async () => {
    const { parley, ada } = audited
    const bob = await parley.register('Bob')
    await forge(parley, rolesStream, { type: 'UserDeactivated', data: { userId: ada.id, by: ada.id } })
    expect((await parley.call('POST', '/auth/logout', { token: bob.token })).status).to.equal(204)
    await eventually(async () => expect((await listChats(bob)).status).to.equal(401))
    await parley.app.core.runners.revocations.progress.reached(await parley.app.core.log.head())
    expect((await listChats(ada)).status).to.equal(200)
    const node = await parley.startNode()
    expect((await listChats(ada, node.call)).status).to.equal(200)
    expect((await listChats(bob, node.call)).status).to.equal(401)
  })

  it('forged roles are granted to nobody, neither before the event is skipped nor afterwards', async () => {
    const { parley, ada } = audited
    const data = { userId: ada.id, roles: ['admin', 'auditor'], by: null }
    const forged = await forge(parley, rolesStream, { type: 'RolesChanged', data })
    const node = await parley.startNode()
    const login = () => node.call('POST', '/auth/login', { body: { email: ada.email, password: 'correct horse' } })
    expect(codeOf(await login())).to.deep.equal([500, 'bad-mac'])
    await skip(parley, admin, forged)
    const { status, body } = await login()
    expect(status).to.equal(200)
    const { accessToken: token } = body as { accessToken: string }
    expect((await node.call('GET', '/audit/entries', { token })).status).to.equal(403)
  })

  it('a forged message with a link gets no preview, and later messages do', async () => {
    const { parley, chatId } = audited
    const otherId = await otherChat()
    await audited.send('https://a.example/first')
    await eventually(() => expect(fetched).to.deep.equal(['https://a.example/first']))
    await forge(parley, chatStream(chatId))
    await sendTo(otherId, 'https://a.example/second')
    await eventually(() => expect(fetched.at(-1)).to.equal('https://a.example/second'))
    expect(fetched).to.have.length(2)
  })

  describe('webhooks', () => {
    const HOOK = 'https://hook.example/in'
    const delivered = () => fetched.filter((url) => url === HOOK).length

    async function createWebhook(): Promise<string> {
      const { parley, ada, chatId } = audited
      const request = { token: ada.token, body: { url: HOOK, events: ['new_message'] } }
      const { status, body } = await parley.call('POST', `/chats/${chatId}/webhooks`, request)
      expect(status, JSON.stringify(body)).to.equal(201)
      return (body as { id: string }).id
    }

    async function webhook() {
      const { parley, ada, chatId } = audited
      const { body } = await parley.call('GET', `/chats/${chatId}/webhooks`, { token: ada.token })
      const [found] = body as {
        status: string
        delivery: { failures: number; lastFailure: { reason: string } | null }
      }[]
      return found!
    }

    it('one waits before an altered event, for a reason that is shown, and counts no failure', async () => {
      const { parley, ada, chatId } = audited
      const id = await createWebhook()
      await audited.send('one')
      await audited.send('two')
      await eventually(() => expect(delivered()).to.equal(2))
      await alter(parley, chatStream(chatId), 3)
      const path = `/chats/${chatId}/webhooks/${id}/replay`
      const { status } = await parley.call('POST', path, { token: ada.token, body: { afterVersion: 1 } })
      expect(status).to.equal(202)
      await eventually(async () => {
        const { delivery } = await webhook()
        expect([delivery.failures, delivery.lastFailure?.reason]).to.deep.equal([0, 'bad-mac'])
      })
      expect(delivered()).to.equal(3)
    })

    it('none is disabled by a forged removal of its creator; once that is skipped, it gets what follows', async () => {
      const { parley, ada, chatId } = audited
      await createWebhook()
      const data = { userId: ada.id, by: ada.id }
      const forged = await forge(parley, chatStream(chatId), { type: 'ParticipantRemoved', data })
      await skip(parley, admin, forged)
      await audited.send('after it')
      await eventually(() => expect(delivered()).to.equal(1))
      expect((await webhook()).status).to.equal('active')
    })
  })
})
