import { expect } from 'chai'
import { execute } from '../support/test-database.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'

describe('the audit chain', function () {
  this.timeout(240_000)
  let audited: AuditedApp

  beforeEach(async () => {
    audited = await startAuditedApp()
  })
  afterEach(() => audited[Symbol.asyncDispose]())

  const url = (): string => audited.parley.config.databaseUrl ?? ''

  it('has one entry for each event of the log, in its order, with the ordinals of the audit trail', async () => {
    for (let message = 1; message <= 20; message++) await audited.send(`message ${message}`)
    const total = await audited.chained()
    const rows = await execute<{ ordinal: string; id: string }>(url(), 'select ordinal, id from audit_chain order by 1')
    expect(rows).to.have.length(total)
    expect(rows.map(({ id }) => id)).to.deep.equal((await audited.events()).map(({ id }) => id))

    const { log, runners, databases } = audited.parley.app.core
    await runners.auditTrail.progress.reached(await log.head())
    const { rows: trail } = await databases.main.query<{ ordinal: string; position: string }>(
      'select ordinal, position from audit_entries_1_1 order by 1',
    )
    const positions = (await audited.events()).map(({ position }) => position)
    expect(trail.map(({ position }) => position)).to.deep.equal(positions)
    expect(trail.map(({ ordinal }) => ordinal)).to.deep.equal(rows.map(({ ordinal }) => ordinal))
    expect(await audited.verify()).to.include({ ok: true, done: total, total, firstDivergence: null })
    expect(await audited.verify('table')).to.include({ ok: true, done: total })
  })

  it('can be changed by nobody who has not first taken its protection away', async () => {
    await audited.chained()
    await audited.parley.app.core.chain.sign()
    for (const table of ['audit_chain', 'audit_tree', 'audit_checkpoints', 'audit_anchors'])
      for (const statement of [
        `update ${table} set ordinal = 1`,
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ]) {
        const text = table === 'audit_tree' ? statement.replace('ordinal', 'last_leaf') : statement
        const code = await execute(url(), text).then(
          () => 'done',
          (error: unknown) => (error as { code?: string }).code,
        )
        expect(code, text).to.equal('42501')
      }
  })
})
