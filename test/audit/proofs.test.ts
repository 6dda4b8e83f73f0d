import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { entryOf, hashEntry } from '../../src/audit/chain/chain-entry.js'
import { checkpointText } from '../../src/audit/checkpoints/checkpoint.js'
import { verifySignature, type PublicSigningKey } from '../../src/audit/checkpoints/signing-keys.js'
import { headByInclusion, isConsistent } from '../../src/audit/merkle/proofs.js'
import type { SignedCheckpoint } from '../../src/audit/proofs/audit-proofs.js'
import type { Consistency, Receipt } from '../../src/audit/proofs/receipt.js'
import type { VerificationState } from '../../src/audit/verification/verifications.js'
import type { AuditEntry } from '../../src/projections/audit-trail/audit-entry.js'
import { createPublicKey } from 'node:crypto'
import { eventually } from '../support/eventually.js'
import type { Answer, TestUser } from '../support/test-app.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'

describe('proofs of the audit chain', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let auditor: TestUser
  let messageId: string
  let total: number

  before(async () => {
    audited = await startAuditedApp({ auditCheckpointSeconds: 86_400 })
    auditor = await audited.parley.withRoles('Ann', 'auditor')
    messageId = await audited.send('Hello')
    for (let message = 1; message <= 5; message++) await audited.send(`message ${message}`)
  })
  after(() => audited[Symbol.asyncDispose]())

  const ask = (path: string, { token } = auditor, method = 'GET'): Promise<Answer> =>
    audited.parley.call(method, path, { token })
  const receiptPath = (): string => `/chats/${audited.chatId}/messages/${messageId}/receipt`

  async function read<Body>(path: string, who?: TestUser): Promise<Body> {
    const { status, body } = await ask(path, who)
    expect(status, JSON.stringify(body)).to.equal(200)
    return body as Body
  }

  async function trailIsCurrent(): Promise<void> {
    const { log, runners } = audited.parley.app.core
    await runners.auditTrail.progress.reached(await log.head())
  }

  it('a message that no checkpoint covers yet has no receipt: 503 with Retry-After', async () => {
    total = await audited.chained()
    await trailIsCurrent()
    for (const path of [receiptPath(), '/audit/proofs?ordinal=1']) {
      const { status, headers, body } = await ask(path, path.startsWith('/audit') ? auditor : audited.ada)
      expect([status, (body as { code: string }).code]).to.deep.equal([503, 'not-yet-signed'])
      expect(headers.get('retry-after')).to.equal('60')
    }
  })

  async function check({ entry, proof, checkpoint }: Receipt): Promise<void> {
    const { previousHash, ...fields } = entry
    expect(proof).to.include({ leaf: entry.ordinal, size: checkpoint.ordinal })
    const head = headByInclusion(hashEntry(previousHash, fields), proof.leaf, proof.size, proof.path)
    expect(head).to.equal(checkpoint.treeHead)
    const keys = await read<PublicSigningKey[]>('/audit/keys')
    expect(keys.map(({ kid, isActive }) => [kid, isActive])).to.deep.equal([['test', true]])
    const publicKey = createPublicKey(keys[0]!.publicKey)
    expect(verifySignature(publicKey, checkpointText(checkpoint), checkpoint.signature)).to.equal(true)
    expect(verifySignature(publicKey, checkpointText({ ...checkpoint, ordinal: 1 }), checkpoint.signature)).to.equal(
      false,
    )
  }

  it('its sender gets a receipt, which is that of the event by which it was sent', async () => {
    await audited.parley.app.core.chain.sign()
    const receipt = await read<Receipt>(receiptPath(), audited.ada)
    await check(receipt)
    const { previousHash, ...fields } = receipt.entry
    const events = await audited.events()
    const sent = events.findIndex(({ data }) => data.includes(messageId))
    expect(fields).to.deep.equal(entryOf(events[sent]!, sent + 1))
    expect(previousHash).to.match(/^[\da-f]{64}$/)
    expect(receipt.checkpoint.ordinal).to.equal(total)
    expect(receipt.anchors).to.deep.equal([])
    const { token } = await audited.parley.register('Eve')
    expect((await audited.parley.call('GET', receiptPath(), { token })).status).to.equal(404)
  })

  it('a receipt is given for a deleted message too', async () => {
    const { status } = await ask(`/chats/${audited.chatId}/messages/${messageId}`, audited.ada, 'DELETE')
    expect(status).to.equal(200)
    await check(await read<Receipt>(receiptPath(), audited.ada))
  })

  it('auditors get a proof of each entry, and that later checkpoints begin with earlier ones', async () => {
    for (let ordinal = 1; ordinal <= total; ordinal++) await check(await read(`/audit/proofs?ordinal=${ordinal}`))
    await audited.send('one more')
    await audited.chained()
    await audited.parley.app.core.chain.sign()
    const checkpoints = await read<SignedCheckpoint[]>('/audit/checkpoints')
    expect(checkpoints).to.have.length(2)
    const [newer, older] = checkpoints as [SignedCheckpoint, SignedCheckpoint]
    expect(newer.ordinal).to.be.greaterThan(older.ordinal)
    const proof = await read<Consistency>(`/audit/proofs?from=${older.ordinal}&to=${newer.ordinal}`)
    expect([proof.from.treeHead, proof.to.treeHead]).to.deep.equal([older.treeHead, newer.treeHead])
    const [from, to] = [proof.from, proof.to].map(({ size, treeHead: head }) => ({ size, head }))
    expect(isConsistent(from!, to!, proof.path)).to.equal(true)
    const page = await ask('/audit/checkpoints?limit=1')
    expect((page.body as SignedCheckpoint[]).map(({ ordinal }) => ordinal)).to.deep.equal([newer.ordinal])
    expect(page.headers.get('link')).to.include(`after=${newer.ordinal}`)
    const rest = await read<SignedCheckpoint[]>(`/audit/checkpoints?after=${newer.ordinal}`)
    expect(rest.map(({ ordinal }) => ordinal)).to.deep.equal([older.ordinal])
  })

  it('what the chain does not have is answered 404, and a question that is none 400', async () => {
    for (const query of ['ordinal=9999999', 'from=1&to=9999999', 'from=2&to=1'])
      expect((await ask(`/audit/proofs?${query}`)).status, query).to.equal(404)
    for (const query of ['', '?ordinal=0', '?ordinal=x', '?from=1', '?ordinal=1&from=1&to=2'])
      expect((await ask(`/audit/proofs${query}`)).status, query).to.equal(400)
  })

  it('entries of the trail have the hash that the chain has', async () => {
    await audited.chained()
    await trailIsCurrent()
    const entries = await read<AuditEntry[]>('/audit/entries?order=asc&limit=5')
    for (const { ordinal, hash } of entries) {
      const { entry } = await read<Receipt>(`/audit/proofs?ordinal=${ordinal}`)
      const { previousHash, ...fields } = entry
      expect(hash).to.equal(hashEntry(previousHash, fields))
    }
  })

  describe('verifications', () => {
    const begin = async (): Promise<string> => {
      const { status, body } = await ask('/audit/verifications', auditor, 'POST')
      expect(status).to.equal(202)
      return (body as { id: string }).id
    }
    const finished = (id: string): Promise<VerificationState> =>
      eventually(async () => {
        const state = await read<VerificationState>(`/audit/verifications/${id}`)
        expect(state.status).not.to.equal('running')
        return state
      })

    it('run to their end, and name what differs', async () => {
      const id = await begin()
      const found = await finished(id)
      expect(found).to.deep.include({ id, status: 'done', ok: true, firstDivergence: null, anchoredUpTo: 0 })
      expect(found.done).to.equal(found.total)
      expect(found.head?.ordinal).to.equal(found.total)
      expect(await read('/audit/verifications/latest')).to.deep.equal(found)
      await audited.tamper(`update audit_chain set type = 'MessageEdited' where ordinal = 3`)
      const altered = await finished(await begin())
      expect(altered).to.deep.include({ ok: false, firstDivergence: { ordinal: 3, reason: 'entry-altered' }, done: 2 })
    })

    it('can be given up, once; one whose node has ended counts as failed', async () => {
      const [running, lost] = [randomUUID(), randomUUID()]
      await audited.tamper(
        `insert into audit_verifications (id) values ('${running}')`,
        `insert into audit_verifications (id, changed_at) values ('${lost}', now() - interval '2 minutes')`,
      )
      expect(await begin()).to.equal(running)
      const path = `/audit/verifications/${running}`
      expect((await ask(path, auditor, 'DELETE')).status).to.equal(204)
      expect((await ask(path, auditor, 'DELETE')).status).to.equal(404)
      expect(await read<VerificationState>(path)).to.include({ status: 'cancelled', ok: null })
      expect(await read<VerificationState>(`/audit/verifications/${lost}`)).to.include({ status: 'failed', ok: null })
    })
  })
})
