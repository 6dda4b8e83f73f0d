import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { ownMetrics } from '../docs/metrics-table.js'
import { openBreakableProxy } from '../support/breakable-proxy.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { createTestDatabase } from '../support/test-database.js'

interface Scrape {
  /** By name and labels, as the text has them. */
  samples: ReadonlyMap<string, number>
  names: string[]
}

async function scrape({ call }: Pick<TestApp, 'call'>): Promise<Scrape> {
  const { status, body } = await call('GET', '/metrics')
  expect(status).to.equal(200)
  const text = String(body)
  const samples = Array.from(
    text.matchAll(/^([^#\s].*) (\S+)$/gm),
    ([, key = '', value]) => [key, Number(value)] as const,
  )
  return { samples: new Map(samples), names: Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name = '']) => name) }
}

async function startConversation(parley: TestApp): Promise<{ chatId: string; token: string }> {
  const alice = await parley.register('Alice')
  const { body } = await parley.call('POST', '/chats', {
    token: alice.token,
    body: { participantIds: [], name: 'Garden' },
  })
  const { id: chatId } = body as { id: string }
  const sent = await parley.call('POST', `/chats/${chatId}/messages`, {
    token: alice.token,
    body: { content: 'hello' },
  })
  expect(sent.status).to.equal(201)
  return { chatId, token: alice.token }
}

describe('metrics of a running server', () => {
  it('are those of docs/metrics.md, with values after one conversation', async () => {
    await using parley = await startTestApp({
      dataDir: tmpdir(),
      auditAnchors: [{ kind: 'file', location: '/nowhere/parley', name: 'file:/nowhere/parley' }],
    })
    await startConversation(parley)

    await eventually(async () => {
      const { samples, names } = await scrape(parley)
      for (const { name } of ownMetrics()) expect(names, name).to.include(name)
      const valueOf = (key: string): number | undefined => samples.get(key)
      expect(valueOf('messages_sent_total')).to.equal(1)
      expect(valueOf('node_ready')).to.equal(1)
      for (const component of ['eventStore', 'postgres', 'keys', 'disk', 'sessions', 'realtime', 'audit'])
        expect(valueOf(`component_up{component="${component}"}`), component).to.equal(1)
      for (const projection of ['conversations', 'decision_index', 'revocations', 'audit_trail', 'audit_chain']) {
        expect(valueOf(`projection_lag_events{projection="${projection}"}`), projection).to.equal(0)
        expect(valueOf(`projection_paused{projection="${projection}"}`), projection).to.equal(0)
      }
      for (const follower of ['realtime', 'webhooks', 'command-cache', 'session-revocations', 'erasures', 'retention'])
        expect(valueOf(`follower_lag_events{follower="${follower}"}`), follower).to.equal(0)
      for (const queue of ['erasures', 'retention', 'webhook-deliveries', 'link-previews'])
        expect(valueOf(`jobs_due{queue="${queue}"}`), queue).to.equal(0)
      for (const cache of ['streams', 'data-keys', 'users']) {
        const uses = ['hits', 'misses'].map((kind) => valueOf(`cache_${kind}_total{cache="${cache}"}`) ?? NaN)
        expect(Math.max(...uses), cache).to.be.greaterThan(cache === 'users' ? -1 : 0)
      }
      expect(valueOf('postgres_pool_connections{database="main",state="idle"}')).to.be.at.least(0)
      expect(valueOf('data_directory_free_bytes')).to.be.greaterThan(0)
      expect(valueOf('audit_chain_entries')).to.be.greaterThan(2)
      expect(valueOf('audit_unanchored_seconds{target="file:/nowhere/parley"}')).to.be.at.least(0)
      expect(valueOf('event_append_events_count')).to.be.greaterThan(2)
    })
  })

  it('have no id, path or text of a user in a label, however requests and events are named', async () => {
    await using parley = await startTestApp()
    const { chatId, token } = await startConversation(parley)
    const marker = 'zebra-in-a-label'
    await parley.call('GET', `/chats/${chatId}/messages?search=${marker}`, { token })
    await parley.call('GET', `/${marker}`)
    const socket = parley.socket(token)
    await new Promise<void>((resolve) => socket.once('ready', () => resolve()))
    await socket.emitWithAck(marker, { chatId })
    await socket.emitWithAck('send_message', { chatId, content: marker })

    const { body } = await parley.call('GET', '/metrics')
    expect(body).to.not.include(marker)
    expect(body).to.not.match(/[0-9a-f]{8}-[0-9a-f]{4}-/)
    expect(body).to.include('socket_event_duration_seconds_count{event="unknown",status="4xx"} 1')
    expect(body).to.include('socket_event_duration_seconds_count{event="send_message",status="2xx"} 1')
  })

  it('are answered while the database is away, without what only it knows', async () => {
    await using database = await createTestDatabase()
    await using proxy = await openBreakableProxy(database.url)
    await using parley = await startTestApp({ databaseUrl: proxy.url, keysDatabaseUrl: database.keysUrl })
    proxy.cut()
    const { samples } = await scrape(parley)
    expect(samples.get('node_ready')).to.equal(0)
    expect(samples.get('component_up{component="postgres"}')).to.equal(0)
    expect(samples.has('jobs_due{queue="erasures"}')).to.equal(false)
    expect(samples.has('messages_sent_total')).to.equal(true)
    proxy.restore()
    await eventually(async () => expect((await scrape(parley)).samples.get('node_ready')).to.equal(1))
  })

  it('count a paused projection and the age of what no checkpoint covers', async () => {
    await using parley = await startTestApp({ auditCheckpointSeconds: 86_400 })
    await startConversation(parley)
    const { core } = parley.app
    await core.runners.conversations.progress.reached(await core.log.head())
    const client = core.databases.main
    await client.query(`update projections set failure = '{"code":"test","stream":null}' where name = 'conversations'`)
    await eventually(async () => {
      const { samples } = await scrape(parley)
      expect(samples.get('projection_paused{projection="conversations"}')).to.equal(1)
      expect(samples.get('audit_unsigned_seconds')).to.be.greaterThan(0)
    })
  })
})
