import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { openChat, send, seqsProjection, startAnalyticsApp } from './analytics-app.js'

const withoutKey = '; create table keyless (seq integer)'

const source = (note: string): string =>
  seqsProjection({ first: 'await sql`insert into keyless values (${event.data.seq})`', tables: withoutKey })
    .replace('seqs (message_id, seq) values (', `seqs (message_id, note, seq) values (`)
    .replace('messageId}', `messageId}, \${${note}}`)

describe("the difference between an analyst's tables and their rebuild", () => {
  it('is nothing while they are right', async () => {
    await using app = await startAnalyticsApp({ 'seqs.mjs': source('null') })
    const { ada, chatId } = await openChat(app.parley)
    for (const content of ['one', 'two']) await send(app.parley, ada, chatId, content)
    await eventually(async () => expect(await app.query('select from analytics.seqs')).to.have.length(2))
    const { differences } = await (await app.projection('seqs')).compare()
    expect(differences).to.deep.equal({})
  })

  it('ends although their checkpoint stands beyond the last event, as a page without one moves it', async () => {
    await using app = await startAnalyticsApp({ 'seqs.mjs': source('null') })
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    await eventually(async () => expect(await app.query('select from analytics.seqs')).to.have.length(1))
    const beyond = (await app.parley.app.core.log.head()).replace(/\d+$/, '999999')
    await app.query(`update analytics_build.checkpoints set position = '${beyond}'`)
    expect(await (await app.projection('seqs')).compare()).to.deep.equal({ position: beyond, differences: {} })
  })

  it('names rows and fields, never contents, and changes nothing', async () => {
    await using app = await startAnalyticsApp({ 'seqs.mjs': source('null') })
    const { ada, chatId } = await openChat(app.parley)
    for (const content of ['one', 'two', 'three', 'four']) await send(app.parley, ada, chatId, content)
    await eventually(async () => expect(await app.query('select from analytics.seqs')).to.have.length(4))
    await app.query(`delete from analytics.seqs where seq = 1`)
    await app.query(`insert into analytics.seqs values ('00000000-0000-4000-8000-000000000000', 0, 'secret')`)
    await app.query(`insert into analytics.keyless values (9), (9)`)
    await app.write('seqs.mjs', source(`event.data.seq === 3 ? 'secret' : null`))
    const ids = await app.query<{ message_id: string; seq: number }>(
      `select data::json ->> 'messageId' as message_id, (data::json ->> 'seq')::int as seq from events where type = 'MessageSent'`,
    )
    const idOf = (seq: number) => ids.find((row) => row.seq === seq)!.message_id

    const { differences } = await (await app.projection('seqs')).compare()
    expect(Object.keys(differences).sort()).to.deep.equal(['keyless', 'seqs'])
    expect(differences['keyless']).to.deep.equal({ count: 2, rows: [] })
    expect(differences['seqs']?.count).to.equal(3)
    expect(differences['seqs']?.rows).to.have.deep.members([
      { key: { message_id: idOf(1) }, fields: null },
      { key: { message_id: idOf(3) }, fields: ['note'] },
      { key: { message_id: '00000000-0000-4000-8000-000000000000' }, fields: null },
    ])
    expect((await (await app.projection('seqs')).lastComparison())?.differences).to.deep.equal(differences)
    expect(JSON.stringify(differences)).not.to.include('secret')
    expect(await app.untilStatus('seqs', 'live')).to.include({ generation: 1 })
    await send(app.parley, ada, chatId, 'five')
    await eventually(async () => expect(await app.query('select from analytics.seqs where seq = 5')).to.have.length(1))
    expect(await app.query(`select from pg_namespace where nspname ~ '^analytics_build_'`)).to.have.length(0)
  })

  it('counts a row of a view once', async () => {
    await using app = await startAnalyticsApp({
      'seqs.mjs': seqsProjection({ tables: 'create view noted as select seq, note from seqs' }),
    })
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    await eventually(async () => expect(await app.query('select from analytics.seqs')).to.have.length(1))
    await app.query(`update analytics.seqs set note = 'changed'`)
    const { differences } = await (await app.projection('seqs')).compare()
    expect([differences['noted']?.count, differences['seqs']?.count]).to.deep.equal([1, 1])
  })

  it('of a file that fails is a failure, which pauses nothing', async () => {
    await using app = await startAnalyticsApp({ 'seqs.mjs': source('null') })
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    await eventually(async () => expect(await app.query('select from analytics.seqs')).to.have.length(1))
    await app.write('seqs.mjs', source('missing'))
    const failure = await (await app.projection('seqs')).compare().catch((error: unknown) => error)
    expect(failure).to.include({ name: 'ProjectionFailedError', code: 'ReferenceError', line: 7 })
    await app.untilStatus('seqs', 'live')
  })
})
