import { expect } from 'chai'
import { startTestApp } from '../support/test-app.js'
import { execute } from '../support/test-database.js'

describe('replay of an altered log', () => {
  it('stops at an event that was altered, wherever in the stream it stands, and names it', async () => {
    await using parley = await startTestApp()
    const ann = await parley.register('Ann')
    const auditor = await parley.withRoles('Aud', 'auditor')
    const { token } = ann
    const { body } = await parley.call('POST', '/chats', { token, body: { participantIds: [], name: 'Garden' } })
    const { id } = body as { id: string }
    await parley.call('POST', `/chats/${id}/messages`, { token, body: { content: 'hello' } })
    await execute(
      parley.config.databaseUrl ?? '',
      `update events set data = replace(data, '"full"', '"since-joined"') where stream = 'chat-${id}' and version = 1`,
    )
    for (const query of ['', '?version=1', '?version=2']) {
      const answer = await parley.call('GET', `/audit/chats/${id}${query}`, { token: auditor.token })
      expect([answer.status, (answer.body as { code: string }).code]).to.deep.equal([500, 'bad-mac'])
    }
    await execute(
      parley.config.databaseUrl ?? '',
      `update events set data = replace(data, '${ann.id}', '${auditor.id}') where stream = 'user-${ann.id}' and version = 1`,
    )
    const user = await parley.call('GET', `/audit/users/${ann.id}`, { token: auditor.token })
    expect((user.body as { code: string }).code).to.equal('bad-mac')
  })
})
