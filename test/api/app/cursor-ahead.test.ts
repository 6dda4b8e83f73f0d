import { expect } from 'chai'
import { startTestApp } from '../../support/test-app.js'

describe('GET /chats/:id/events', () => {
  it('refuses a version above the chat’s by name, and never one that another node has reached already', async () => {
    await using parley = await startTestApp()
    const other = await parley.startNode()
    const { token } = await parley.register('Ada')
    const { body } = await parley.call('POST', '/chats', { token, body: { name: 'Notes', participantIds: [] } })
    const { id, version } = body as { id: string; version: number }
    const path = (after: number): string => `/chats/${id}/events?after=${after}`

    const ahead = await parley.call('GET', path(version + 1), { token })
    expect(ahead.status).to.equal(400)
    expect(ahead.body).to.include({ code: 'cursor-ahead' })
    for (let sent = version + 1; sent <= version + 10; sent++) {
      await other.call('POST', `/chats/${id}/messages`, { token, body: { content: 'A note' } })
      const { status, body: frames } = await parley.call('GET', path(sent), { token })
      expect({ status, frames }).to.deep.equal({ status: 200, frames: [] })
    }
  })
})
