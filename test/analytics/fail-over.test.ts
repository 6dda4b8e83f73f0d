import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Client } from 'pg'
import type { Lease } from '../../src/analytics/database/lease.js'
import { createViewEvents } from '../../src/analytics/events/event-view.js'
import { startSupervisor } from '../../src/analytics/running/supervisor.js'
import { createPool } from '../../src/postgres/pool.js'
import { startChild, type Child } from '../support/child.js'
import { recordedReport } from '../support/recorded-report.js'
import { eventually } from '../support/eventually.js'
import { openChat, send, startAnalyticsApp, type AnalyticsApp } from './analytics-app.js'

const LOCK = 4_711

/** Nothing but the checkpoint keeps a message from being written twice; at the second one, it stops in the middle of a batch. */
const stopping = `export const version = 1
export const events = ['MessageSent']
export const tables = 'create table seqs (seq integer)'
export async function apply(events, sql) {
  for (const { data } of events) {
    await sql\`insert into seqs (seq) values (\${data.seq})\`
    if (data.seq === 2) await sql\`select pg_advisory_xact_lock_shared(${LOCK})\`
  }
}
`

const seqs = async (app: AnalyticsApp): Promise<number[]> =>
  (await app.query<{ seq: number }>('select seq from analytics.seqs order by seq')).map(({ seq }) => seq)

/** Process ids of what a process has started. */
const childrenOf = async (pid: number): Promise<number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number)

/** Also one that was stopped, or has gone. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    expect(error).to.have.property('code', 'ESRCH')
  }
}

/** A server that runs the projection and has stopped in the middle of a batch, and a connection whose end lets it continue. */
async function stopInBatch(app: AnalyticsApp): Promise<{ leader: Child; holder: Client }> {
  const { parley, folder, url } = app
  const holder = new Client({ connectionString: parley.config.databaseUrl! })
  holder.on('error', () => undefined) // dropping the database ends the connection where a test fails
  await holder.connect()
  await holder.query(`select pg_advisory_lock(${LOCK})`)
  const env = { ...parley.environment, PROJECTIONS_DIR: folder, ANALYTICS_DATABASE_URL: url }
  const leader = startChild('main.js', [], env)
  await leader.says('listens on')
  await app.untilStatus('seqs', 'live')
  const { ada, chatId } = await openChat(parley)
  for (const content of ['one', 'two', 'three']) await send(parley, ada, chatId, content)
  const blocked = `select from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`
  await eventually(async () => expect(await app.query(blocked)).to.have.length(1), { timeoutMs: 30_000 })
  return { leader, holder }
}

/** The test's own node does not run projections until another one is to take over. */
const startFollower = () => startAnalyticsApp({ 'seqs.mjs': stopping }, { projectionsDir: null })

describe("an analyst's projection on two nodes applies each event once", () => {
  for (const signal of ['SIGKILL', 'SIGSTOP'] as const)
    it(`${signal} of the node that runs it, in the middle of a batch`, async () => {
      await using app = await startFollower()
      const { leader, holder } = await stopInBatch(app)
      const { pid } = leader.process
      const [projection] = await childrenOf(pid!)
      try {
        leader.process.kill(signal)
        if (signal === 'SIGSTOP') process.kill(projection!, signal)
        app.parley.config.projectionsDir = app.folder
        await app.parley.startNode()
        const owner = `select from analytics_build.leases where expires_at > now()`
        await eventually(async () => expect(await app.query(owner)).to.have.length(1))
        await holder.end()
        await eventually(async () => expect(await seqs(app)).to.deep.equal([1, 2, 3]), { timeoutMs: 30_000 })
        if (signal === 'SIGSTOP') {
          for (const one of [projection!, pid!]) process.kill(one, 'SIGCONT')
          const { ada, chatId } = await openChat(app.parley)
          for (const content of ['one', 'two', 'three']) await send(app.parley, ada, chatId, content)
          await eventually(async () => expect(await seqs(app)).to.deep.equal([1, 1, 2, 2, 3, 3]))
        }
      } finally {
        end(projection!)
        await holder.end()
        await leader[Symbol.asyncDispose]()
      }
    })

  it('two nodes that both believe to hold the lease', async () => {
    const appending = stopping.replace(/ *if \(data.seq === 2\).*\n/, '')
    await using app = await startAnalyticsApp({ 'seqs.mjs': appending })
    await app.untilStatus('seqs', 'live')
    const { log, reader } = app.parley.app.core
    const pool = createPool({ connectionString: app.url, max: 2 })
    const { lines, ...report } = recordedReport()
    const believing: Lease = { take: () => Promise.resolve(true), release: () => Promise.resolve() }
    const path = join(app.folder, 'seqs.mjs')
    const deps = {
      pool,
      url: app.url,
      log,
      report,
      viewEvents: createViewEvents({ reader, isSkipped: () => Promise.resolve(false) }, new Map()),
      hidesMessages: false,
    }
    const rival = startSupervisor({ ...deps, name: 'seqs', path, lease: believing })
    try {
      const connections = `select from pg_stat_activity where application_name = 'parley-analytics seqs'`
      await eventually(async () => expect(await app.query(connections)).to.have.length(2), { timeoutMs: 30_000 })
      const { ada, chatId } = await openChat(app.parley)
      const sent = Array.from({ length: 30 }, (_, index) => index + 1)
      for (const seq of sent) await send(app.parley, ada, chatId, String(seq))
      const [last] = await app.query<{ position: string }>('select max(position) as position from events')
      await eventually(async () => {
        const [row] = await app.query<{ position: string }>('select position from analytics_build.checkpoints')
        expect(row!.position.split('.').at(-1)).to.equal(last!.position)
      })
      expect(await seqs(app)).to.deep.equal(sent)
      expect(lines).to.deep.equal([])
    } finally {
      await rival[Symbol.asyncDispose]()
      await pool.end()
    }
  })
})
