import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkExport, type ExportCheck } from '../../src/audit/export/check-export.js'
import { checkReceipt } from '../../src/audit/export/check-receipt.js'
import type { PublicSigningKey } from '../../src/audit/checkpoints/signing-keys.js'
import type { Receipt } from '../../src/audit/proofs/receipt.js'
import { startChild } from '../support/child.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'
import { checkIndependently } from './independent-checker.js'

type Line = Record<string, unknown>

describe('the audit chain, checked without Parley', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let folder: string
  let lines: string[]
  let receipt: Receipt
  let publicKey: string
  /** Of the first of two checkpoints. */
  let firstSigned: number
  let total: number

  const command = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
    await using child = startChild('cli.js', ['audit', ...args], audited.parley.environment)
    return { code: await child.exited, output: child.output }
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-export-'))
    audited = await startAuditedApp({ auditCheckpointSeconds: 86_400 })
    const { parley, ada, chatId } = audited
    const messageId = await audited.send('Hello')
    firstSigned = await audited.chained()
    await parley.app.core.chain.sign()
    for (let message = 1; message <= 5; message++) await audited.send(`message ${message}`)
    const auditor = await parley.withRoles('Ann', 'auditor')
    const keys = await parley.call('GET', '/audit/keys', { token: auditor.token })
    publicKey = (keys.body as PublicSigningKey[])[0]!.publicKey
    const before = await audited.chained()
    const { code, output } = await command('export')
    expect(code, output).to.equal(0)
    lines = output.split('\n').filter((line) => line.startsWith('{'))
    total = lines.filter((line) => (JSON.parse(line) as Line)['kind'] === 'entry').length
    // The end of the read above, and the record of the command itself, may have come meanwhile.
    expect(total).to.be.within(before, before + 2)
    const answer = await parley.call('GET', `/chats/${chatId}/messages/${messageId}/receipt`, { token: ada.token })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    receipt = answer.body as Receipt
  })
  after(async () => {
    await audited[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const fileOf = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }

  const independently = (content: string, key = publicKey) => checkIndependently(content, key)

  async function* each(all: readonly string[]): AsyncGenerator<string> {
    for (const line of all) yield await Promise.resolve(line)
  }

  /** Both checkers, which must agree. */
  async function check(all: readonly string[], key = publicKey): Promise<ExportCheck> {
    const found = await checkExport(each(all), [createPublicKey(key)])
    const other = await independently(`${all.join('\n')}\n`, key)
    expect(other.startsWith('right'), `${other} / ${JSON.stringify(found)}`).to.equal(found.ok)
    if (!found.ok) expect(other).to.match(new RegExp(`(up to ${found.completeUpTo}|not the header of an export)$`))
    return found
  }

  const placeOf = (kind: string, ordinal: number): number =>
    lines.findIndex((line) => {
      const parsed = JSON.parse(line) as Line
      return parsed['kind'] === kind && parsed['ordinal'] === ordinal
    })
  const changed = (place: number, change: Line): string[] =>
    lines.with(place, JSON.stringify({ ...(JSON.parse(lines[place]!) as Line), ...change }))

  it('an export is right, and complete up to its last line', async () => {
    expect(await check(lines)).to.deep.equal({ ok: true, entries: total, completeUpTo: total, firstDivergence: null })
    expect(JSON.parse(lines.at(-1)!)).to.include({ kind: 'checkpoint', ordinal: total })
    expect(lines).to.have.length(1 + total + 2)
  })

  it('auditors get the same lines from the API', async () => {
    const { parley } = audited
    const auditor = await parley.withRoles('Ann', 'auditor')
    const { status, headers, body } = await parley.call('GET', '/audit/export', { token: auditor.token })
    expect([status, headers.get('content-type')]).to.deep.equal([200, 'application/x-ndjson; charset=utf-8'])
    const given = typeof body === 'string' ? body.trim().split('\n') : [JSON.stringify(body)]
    expect(given).to.deep.equal(lines)
  })

  it('by the operator’s command too, with exit code 1 where it is wrong', async () => {
    const [file, key] = [await fileOf('export', lines.join('\n')), await fileOf('key.pem', publicKey)]
    const right = await command('verify', '--file', file, '--key', key)
    expect(right).to.deep.include({ code: 0 })
    expect(right.output).to.include(`${total} entries are right, and signed: none up to ${total} is missing`)
    const wrong = await fileOf('wrong', changed(placeOf('entry', 3), { type: 'MessageEdited' }).join('\n'))
    const found = await command('verify', '--file', wrong, '--key', key, '--json')
    expect(found.code).to.equal(1)
    expect(JSON.parse(found.output)).to.deep.include({
      firstDivergence: { line: 4, ordinal: 3, reason: 'entry-altered' },
    })
    const receiptFile = await fileOf('receipt', JSON.stringify(receipt, null, 2))
    const ofReceipt = await command('verify', '--file', receiptFile, '--key', key)
    expect(ofReceipt.output).to.include(`was entry ${receipt.entry.ordinal} of the log`)
    expect((await command('verify', '--file', file)).code).to.equal(2)
  })

  const findings: [what: string, tamper: () => string[], reason: string, ordinal: () => number | null][] = [
    [
      'an altered entry',
      () => changed(placeOf('entry', 3), { at: '2020-01-01T00:00:00.000Z' }),
      'entry-altered',
      () => 3,
    ],
    ['a removed entry', () => lines.toSpliced(placeOf('entry', 3), 1), 'entry-removed', () => 4],
    ['an entry twice', () => lines.toSpliced(4, 0, lines[3]!), 'entry-removed', () => 3],
    ['two swapped entries', () => lines.with(3, lines[4]!).with(4, lines[3]!), 'entry-removed', () => 4],
    [
      'a forged checkpoint',
      () => changed(placeOf('checkpoint', firstSigned), { at: '2020-01-01T00:00:00.000Z' }),
      'checkpoint-forged',
      () => firstSigned,
    ],
    [
      'a checkpoint in another place',
      () => lines.toSpliced(placeOf('checkpoint', total), 0, lines[placeOf('checkpoint', firstSigned)]!),
      'checkpoint-contradicted',
      () => firstSigned,
    ],
    ['a tail cut off between checkpoints', () => lines.slice(0, -2), 'checkpoint-missing', () => null],
    ['no header', () => lines.slice(1), 'not-an-export', () => null],
  ]
  for (const [what, tamper, reason, ordinal] of findings)
    it(`finds ${what}`, async () => {
      const { firstDivergence } = await check(tamper())
      expect(firstDivergence).to.include({ reason, ordinal: ordinal() })
    })

  it('a tail cut off at a checkpoint is right, and says how far it is complete', async () => {
    const cut = lines.slice(0, placeOf('checkpoint', firstSigned) + 1)
    expect(await check(cut)).to.include({ ok: true, entries: firstSigned, completeUpTo: firstSigned })
  })

  it('with another key, nothing in the file counts as signed', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect((await check(lines, other)).firstDivergence).to.include({ reason: 'checkpoint-forged' })
    expect(await independently(JSON.stringify(receipt), other)).to.equal('wrong: the checkpoint is forged')
  })

  it('a receipt is right; one that was altered is not', async () => {
    const keys = [createPublicKey(publicKey)]
    expect(checkReceipt(receipt, keys)).to.deep.include({ ok: true, reason: null })
    expect(await independently(JSON.stringify(receipt, null, 2))).to.equal(`right: entry ${receipt.entry.ordinal}`)
    const { entry, proof, checkpoint } = receipt
    for (const altered of [
      { ...receipt, entry: { ...entry, at: '2020-01-01T00:00:00.000Z' } },
      { ...receipt, entry: { ...entry, dataDigest: entry.metadataDigest } },
      { ...receipt, proof: { ...proof, path: proof.path.slice(1) } },
      { ...receipt, proof: { ...proof, leaf: proof.leaf + 1 } },
      { ...receipt, checkpoint: { ...checkpoint, treeHead: checkpoint.hash } },
      { ...receipt, checkpoint: { ...checkpoint, at: '2020-01-01T00:00:00.000Z' } },
    ]) {
      expect(checkReceipt(altered, keys).ok).to.equal(false)
      expect(await independently(JSON.stringify(altered))).to.match(/^wrong/)
    }
    expect(checkReceipt({}, keys)).to.include({ ok: false, reason: 'not-a-receipt' })
    expect(await independently('{"code":"not-yet-signed"}')).to.equal('wrong: neither an export nor a receipt')
  })
})
