import { expect } from 'chai'
import { chatStream } from '../../../src/domain/streams.js'
import { startAuditedApp, type AuditedApp } from '../audited-app.js'
import type { TestUser } from '../../support/test-app.js'
import { alter, codeOf, forge, lengthOf, skip, skipIn } from './forge.js'

describe('commands and events that were altered or forged', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let admin: TestUser
  let stream: string

  beforeEach(async () => {
    audited = await startAuditedApp()
    admin = await audited.parley.withRoles('Root', 'admin')
    stream = chatStream(audited.chatId)
    await audited.send('one')
  })
  afterEach(() => audited[Symbol.asyncDispose]())

  const send = (call = audited.parley.call, chatId = audited.chatId) =>
    call('POST', `/chats/${chatId}/messages`, { token: audited.ada.token, body: { content: 'hello' } })

  it('no command is decided on a stream with an inserted event, and nothing is appended; other streams go on', async () => {
    const { parley, ada, chatId } = audited
    const created = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Other' },
    })
    await forge(parley, stream, { type: 'ParticipantRemoved', data: { userId: ada.id, by: ada.id } })
    const length = await lengthOf(parley.app.core.log, stream)
    expect(codeOf(await send())).to.deep.equal([500, 'bad-mac'])
    const left = await parley.call('DELETE', `/chats/${chatId}/participants/${ada.id}`, { token: ada.token })
    expect(codeOf(left)).to.deep.equal([500, 'bad-mac'])
    expect(await lengthOf(parley.app.core.log, stream)).to.equal(length)
    expect((await send(parley.call, (created.body as { id: string }).id)).status).to.equal(201)
    expect(parley.logged.filter((line) => line.includes('"follower":"event-mac"'))).to.have.length(1)
  })

  it('a node that reads the stream again refuses commands also where an early event was altered', async () => {
    const { parley } = audited
    await alter(parley, stream, 1)
    const node = await parley.startNode()
    expect(codeOf(await send(node.call))).to.deep.equal([500, 'bad-mac'])
    expect((await send()).status, 'the node that wrote it knows what it was').to.equal(201)
  })

  it('once an operator had the event skipped, commands are decided as though it was not there', async () => {
    const { parley, ada, chatId } = audited
    const forged = await forge(parley, stream, { type: 'ParticipantRemoved', data: { userId: ada.id, by: ada.id } })
    expect(codeOf(await send())).to.deep.equal([500, 'bad-mac'])
    await skip(parley, admin, forged)
    const { status, body } = await send()
    expect([status, (body as { version: number }).version]).to.deep.equal([201, forged.version + 1])
    const node = await parley.startNode()
    expect((await send(node.call)).status).to.equal(201)
    const events = await node.call('GET', `/chats/${chatId}/events?after=${forged.version - 1}`, { token: ada.token })
    const names = (events.body as { event: string }[]).map(({ event }) => event)
    expect(names).to.deep.equal(['skipped', 'new_message', 'new_message'])
  })

  it('a forged skip skips nothing', async () => {
    const { parley } = audited
    const forged = await forge(parley, stream)
    const position = { projection: 'decision_index', position: forged.position, by: 'nobody', reason: '' }
    await forge(parley, 'log', { type: 'ProjectionEventSkipped', data: position })
    expect(codeOf(await send())).to.deep.equal([500, 'bad-mac'])
    await skipIn('decision_index', parley, admin, forged.position)
    expect((await send()).status).to.equal(201)
  })
})
