import { expect } from 'chai'
import { chatStream } from '../../src/domain/streams.js'
import { caughtUp } from '../erasure/erasures-done.js'
import { dumpTables } from '../support/dump.js'
import { eventually } from '../support/eventually.js'
import { onEachLog } from '../support/event-logs.js'
import { next } from '../support/test-app.js'
import { execute } from '../support/test-database.js'
import { createVerify, anchorFilesOf } from '../../src/app/start-audit.js'
import { createAgedChat, marksIn, NOW, type AgedChat } from './aged-chat.js'

const PATIENT = { timeoutMs: 90_000 }

onEachLog('a month past the retention of its chat', function (kind) {
  let aged: AgedChat
  let failures = 0

  before(async () => {
    aged = await createAgedChat(kind, (step, chatId) => {
      if (step === 'log' && chatId === aged.club.id && failures-- > 0) return Promise.reject(new Error('interrupted'))
      return Promise.resolve()
    })
  })
  after(() => aged[Symbol.asyncDispose]())

  const expiries = async (chatId = aged.club.id) => {
    const events = await aged.parley.app.core.log.readStream(chatStream(chatId), { limit: 100 })
    return events.filter(({ type }) => type === 'MessagesExpired')
  }
  /** Until a node has looked at the chat, and left it as it is. */
  const lookedAt = (chatId: string) =>
    eventually(async () => {
      const now = aged.parley.app.core.clock().toISOString()
      const sql = `select chat_id from chat_retentions where chat_id = '${chatId}' and due_at between
        '${now}'::timestamptz + interval '50 seconds' and '${now}'::timestamptz + interval '2 hours'
        and due_at <> '${now}'::timestamptz + interval '5 minutes'`
      expect(await execute(aged.parley.config.databaseUrl!, sql)).to.have.length(1)
    }, PATIENT)
  const keepForEver = async () => {
    await aged.setRetention(null)
    const sql = `select chat_id from chat_retentions where chat_id = '${aged.club.id}'`
    await eventually(async () => expect(await execute(aged.parley.config.databaseUrl!, sql)).to.deep.equal([]), PATIENT)
  }
  const keyOf = async (month: string) =>
    execute<{ wrapped: Buffer | null }>(
      aged.parley.config.keysDatabaseUrl!,
      `select wrapped from data_keys where name = 'chat-month/${aged.club.id}/${month}'`,
    )
  const { admin, call } = {
    admin: () => aged.admin,
    call: (method: string, path: string) =>
      aged.parley.call(method, path, { token: aged.admin.token, body: { reason: 'Case 7' } }),
  }

  it('is kept until it is over as a whole', async () => {
    aged.setTime(new Date('2026-02-15T00:00:00.000Z'))
    await aged.setRetention(20)
    await lookedAt(aged.club.id)
    expect(await expiries()).to.deep.equal([])
    expect((await keyOf('2026-01'))[0]!.wrapped).not.to.equal(null)
    await keepForEver()
    aged.setTime(NOW)
  })

  it('is kept while a hold is on the chat, on a participant, or on a past one', async () => {
    const gone = await aged.parley.register('Eve')
    const { token } = aged.bob
    await aged.club.call(aged.bob, 'POST', '/participants', { userId: gone.id })
    await aged.club.call(aged.bob, 'DELETE', `/participants/${gone.id}`)
    const holds = [`/holds/chat/${aged.club.id}`, `/holds/user/${aged.ada.id}`, `/holds/user/${gone.id}`]
    for (const hold of holds) {
      expect((await call('PUT', hold)).status).to.equal(204)
      await aged.setRetention(30)
      await lookedAt(aged.club.id)
      expect(await expiries(), hold).to.deep.equal([])
      expect((await keyOf('2026-01'))[0]!.wrapped, hold).not.to.equal(null)
      const { body } = await aged.parley.call('GET', `/chats/${aged.club.id}/messages`, { token })
      expect(marksIn(JSON.stringify(body)), 'shown').to.deep.equal([])
      await keepForEver()
      expect((await call('DELETE', hold)).status).to.equal(204)
    }
    expect((await call('PUT', holds[0]!)).status).to.equal(204)
  })

  it('is destroyed when the hold ends, also where that was interrupted, and its event appended once', async () => {
    failures = 1
    const socket = aged.parley.socket(aged.bob.token)
    await next(socket, 'ready')
    const framed = next<{ version: number }>(socket, 'messages_expired')
    await aged.setRetention(30)
    await lookedAt(aged.club.id)
    expect((await call('DELETE', `/holds/chat/${aged.club.id}`)).status).to.equal(204)
    await eventually(() => expect(failures).to.be.below(1), PATIENT)
    await eventually(async () => expect((await keyOf('2026-01'))[0]!.wrapped).to.equal(null), PATIENT)
    aged.setTime(new Date(NOW.getTime() + 10 * 60_000))
    const [expired] = await eventually(async () => {
      const found = await expiries()
      expect(found).to.have.length(1)
      return found
    }, PATIENT)
    expect(JSON.parse(expired!.data)).to.deep.equal({ months: ['2026-01'], beforeSeq: 2 })
    const { version } = expired!
    expect(await framed).to.deep.equal({ chatId: aged.club.id, version, beforeSeq: 2 })
    socket.close()
    expect((await keyOf('2026-03'))[0]!.wrapped).not.to.equal(null)
  })

  it('is gone in every table and in the log, for good', async () => {
    await eventually(async () => {
      const both = await execute<{ chat_id: string }>(
        aged.parley.config.databaseUrl!,
        'select chat_id from chat_retentions',
      )
      for (const { chat_id } of both) expect(await expiries(chat_id)).to.have.length(1)
    }, PATIENT)
    await aged.setRetention(null)
    const { log } = aged.parley.app.core
    const { events } = await log.readAll(log.start, 10_000)
    const all = [
      await dumpTables(aged.parley.config.databaseUrl!),
      await dumpTables(aged.parley.config.keysDatabaseUrl!),
      JSON.stringify(events),
    ]
    expect(marksIn(all.join('\n'))).to.deep.equal([])
    for (const [way, reading] of Object.entries(aged.readings)) expect(marksIn(await reading()), way).to.deep.equal([])
  })

  it('takes no new text, also where the chat keeps everything from now on', async () => {
    const { status, body } = await aged.club.call(aged.ada, 'PATCH', `/messages/${aged.oldId}`, { content: 'again' })
    expect([status, (body as { code: string }).code]).to.deep.equal([409, 'message-expired'])
    const fresh = await aged.club.call(aged.bob, 'PATCH', `/messages/${aged.freshId}`, { content: 'fresh again' })
    expect(fresh.status).to.equal(200)
  })

  it('leaves the rows that a rebuild gives, too', async () => {
    const { managedProjections } = aged.parley.app.core
    for (const projection of managedProjections) {
      await projection.diff()
      const found = await eventually(async () => {
        const last = await projection.lastComparison()
        expect(last, projection.name).not.to.equal(null)
        return last!
      }, PATIENT)
      expect(found.differences, projection.name).to.deep.equal({})
    }
  })

  it('leaves the audit chain as it was, and the receipts of its messages', async () => {
    const { core } = aged.parley.app
    await core.chain.runner.progress.reached(await core.log.head())
    const verify = createVerify(core, { keys: core.chain.keys, anchorFiles: anchorFilesOf(aged.parley.config) })
    const verification = await verify('log', { onProgress: () => undefined, signal: new AbortController().signal })
    expect(verification).to.include({ ok: true })
    const receipt = await eventually(async () => {
      const { status, body } = await aged.club.call(aged.bob, 'GET', `/messages/${aged.oldId}/receipt`)
      expect(status).to.equal(200)
      return JSON.stringify(body)
    }, PATIENT)
    expect(receipt).to.include('dataDigest')
    expect(marksIn(receipt)).to.deep.equal([])
  })

  it('is recorded in the trail, with who set the retention', async () => {
    await caughtUp(aged.parley)
    const { token } = admin()
    for (const event of ['messages_expired', 'chat_retention_changed']) {
      const path = `/audit/entries?event=${event}&chatId=${aged.club.id}`
      const { body } = await aged.parley.call('GET', path, { token })
      expect((body as object[]).length, event).to.be.above(0)
    }
  })
})
