import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { copyExample, openChat, send, startAnalyticsApp } from './analytics-app.js'

describe("an analyst's projection", () => {
  it('fills its tables from the log, and follows it', async () => {
    await using app = await startAnalyticsApp()
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    await copyExample('messages_per_day.mjs', app.folder)
    const rows = () => app.query('select chat_id, messages from analytics.messages_per_day')
    await eventually(async () => expect(await rows()).to.deep.equal([{ chat_id: chatId, messages: 1 }]))
    await send(app.parley, ada, chatId, 'two')
    await eventually(async () => expect(await rows()).to.deep.equal([{ chat_id: chatId, messages: 2 }]))
  })
})
