import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'
import { parseAnchorTarget } from '../../src/audit/anchors/anchor-target.js'
import { deriveMacKey, eventMac, withMac } from '../../src/privacy/event-mac.js'
import { eventually } from '../support/eventually.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'
import { rewriteChain, signAgain } from './rewrite-chain.js'

describe('a rewrite of the whole history', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let folder: string
  let total: number

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-anchors-'))
    const target = parseAnchorTarget(`file:${join(folder, 'anchors')}`)
    audited = await startAuditedApp({ auditAnchors: target === null ? [] : [target], auditCheckpointSeconds: 1 })
    for (let message = 1; message <= 5; message++) await audited.send(`message ${message}`)
    total = await audited.chained()
    await eventually(async () => expect(await audited.verify()).to.include({ ok: true, anchoredUpTo: total }))
    await copyFile(join(folder, 'anchors'), join(folder, 'kept elsewhere'))
  })
  afterEach(async () => {
    await audited[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  /** Changes the number of the last message in the log; with the master key, the MAC of the event too. */
  async function rewriteLog(hasMasterKey: boolean): Promise<RecordedEvent[]> {
    const events = await audited.events()
    const last = events.at(-1)!
    const data = last.data.replace('"seq":5', '"seq":6')
    const unsigned = last.metadata.replace(/,"mac":"[\w-]{43}"/, '')
    const macKey = deriveMacKey(audited.parley.app.core.databases.masterKey)
    const metadata = hasMasterKey
      ? withMac(unsigned, eventMac(macKey, { ...last, data, metadata: unsigned }))
      : last.metadata
    await audited.tamper(`update events set data = '${data}', metadata = '${metadata}' where id = '${last.id}'`)
    return events.with(-1, { ...last, data, metadata })
  }

  const verifyWith = async (anchorFiles: string[]) => (await audited.verify('log', anchorFiles)).firstDivergence

  it('by someone with the database alone is found: the MACs of events, and the signatures of checkpoints', async () => {
    await audited.tamper(...rewriteChain(await rewriteLog(false)))
    expect(await verifyWith([])).to.deep.equal({ ordinal: total, reason: 'event-forged' })
    expect((await audited.verify('table', [])).firstDivergence).to.deep.equal({
      ordinal: total,
      reason: 'checkpoint-contradicted',
    })
  })

  it('by someone with the database and the keys of the server is found only with an anchor that they cannot reach', async () => {
    await audited.tamper(...rewriteChain(await rewriteLog(true)))
    await signAgain(audited.parley.app, (...statements) => audited.tamper(...statements))
    expect(await verifyWith([])).to.equal(null)
    expect(await verifyWith([join(folder, 'kept elsewhere')])).to.deep.equal({
      ordinal: total,
      reason: 'anchor-contradicted',
    })
  })

  it('that takes back the last entries, log and checkpoints included, is found with an anchor as well', async () => {
    await audited.tamper(
      `delete from events where "position" = ${total}`,
      `update projections set position = replace(position, '.${total}', '.${total - 1}') where name = 'audit_chain'`,
      'delete from audit_anchors',
      'delete from audit_checkpoints',
      `delete from audit_chain where ordinal = ${total}`,
      `delete from audit_tree where last_leaf = ${total}`,
    )
    expect(await verifyWith([])).to.equal(null)
    expect(await verifyWith([join(folder, 'kept elsewhere')])).to.deep.equal({
      ordinal: total,
      reason: 'entry-removed',
    })
  })
})
