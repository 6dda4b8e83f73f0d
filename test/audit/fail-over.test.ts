import { expect } from 'chai'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { execute } from '../support/test-database.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'

const TAKEOVER = { timeoutMs: 60_000 }

onEachLog('the writer of the audit chain', function (kind) {
  let audited: AuditedApp

  beforeEach(async function () {
    this.timeout(240_000)
    audited = await startAuditedApp(logConfig(kind))
  })
  afterEach(() => audited[Symbol.asyncDispose]())

  const url = (): string => audited.parley.config.databaseUrl ?? ''

  async function ownerOf(): Promise<string | undefined> {
    const text = `select application from projection_leases where name = 'audit_chain'`
    return (await execute<{ application: string }>(url(), text))[0]?.application
  }

  it('is one process at a time; where it is killed another one goes on, and each event is entered once', async function () {
    this.timeout(240_000)
    const { main } = audited.parley.app.core.databases
    const { rows } = await main.query<{ own: string }>(`select current_setting('application_name') as own`)
    const own = rows[0]?.own ?? ''
    for (let round = 1; round <= 3; round++) {
      await using child = startChild('main.js', [], audited.parley.environment, { isKilled: true })
      await child.says('listens on')
      await eventually(async () => {
        await execute(
          url(),
          `update projection_leases set ends_at = '-infinity' where name = 'audit_chain' and application = '${own}'`,
        )
        expect(await ownerOf()).not.to.equal(own)
      }, TAKEOVER)
      const sending = Array.from({ length: 30 }, (_, index) => audited.send(`message ${round}.${index}`))
      await Promise.all(sending.slice(0, 10))
      child.process.kill('SIGKILL')
      await Promise.all(sending)
      const total = await audited.chained()
      const found = await audited.verify()
      expect(found).to.deep.include({ ok: true, done: total, total, firstDivergence: null })
    }
  })
})
