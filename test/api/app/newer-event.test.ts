import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { chatStream } from '../../../src/domain/streams.js'
import { eventually } from '../../support/eventually.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { signEvent } from '../../support/sign-event.js'
import { startTestApp } from '../../support/test-app.js'

onEachLog('an event of a later release', (kind) => {
  it('pauses the projections, which report it, and commands on its stream get 503; other streams are unaffected', async () => {
    await using parley = await startTestApp(logConfig(kind))
    const alice = await parley.register('Alice')
    const create = async (): Promise<string> => {
      const body = { participantIds: [], name: 'Team' }
      return ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
    }
    const send = (chatId: string) =>
      parley.call('POST', `/chats/${chatId}/messages`, { token: alice.token, body: { content: 'Hello' } })
    const [chatId, otherId] = [await create(), await create()]

    const { log } = parley.app.core
    const [created] = await log.readStream(chatStream(chatId), { limit: 1 })
    const dreamt = { ...created!, id: randomUUID(), type: 'ChatDreamt' }
    await log.append(chatStream(chatId), 1, [signEvent(parley.config.masterKey, chatStream(chatId), 2, dreamt)])

    const refused = await send(chatId)
    expect([refused.status, (refused.body as { code: string }).code]).to.deep.equal([503, 'newer-event'])
    expect(refused.headers.get('retry-after')).to.equal('30')
    await eventually(async () => {
      const { body } = await parley.call('GET', '/readyz')
      const { conversations } = (body as { components: { projections: Record<string, object> } }).components.projections
      expect(conversations).to.deep.include({ status: 'paused' })
      expect(conversations).to.have.nested.property('failure.eventType', 'ChatDreamt')
    })
    expect((await send(otherId)).status).to.equal(201)
    expect(await log.readStream(chatStream(chatId), { limit: 10 })).to.have.length(2)
  })
})
