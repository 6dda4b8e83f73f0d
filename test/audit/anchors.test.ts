import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect } from 'chai'
import { sha256 } from '../../src/audit/chain/chain-entry.js'
import { anchorsBetween } from '../../src/audit/anchors/anchor-table.js'
import { createAnchorCheckpoint } from '../../src/audit/anchors/anchor-checkpoint.js'
import { parseAnchorTarget, type AnchorTarget } from '../../src/audit/anchors/anchor-target.js'
import { checkpointText, type Checkpoint } from '../../src/audit/checkpoints/checkpoint.js'
import type { FailureReport } from '../../src/async/outage.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'
import { startTimeStampAuthority, type TimeStampAuthority } from './time-stamp-authority.js'

const targetOf = (text: string): AnchorTarget => {
  const target = parseAnchorTarget(text)
  if (target === null) throw new Error(`${text} is no target`)
  return target
}

describe('checkpoints are anchored', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let failures: string[]

  before(async () => {
    audited = await startAuditedApp()
  })
  after(() => audited[Symbol.asyncDispose]())
  beforeEach(() => void (failures = []))

  const pool = () => audited.parley.app.core.databases.main
  const report: FailureReport = {
    onFailure: (name) => void failures.push(name),
    onRecovery: (name) => void failures.push(`${name} recovered`),
  }
  const anchorAt = (target: AnchorTarget) =>
    createAnchorCheckpoint({ pool: pool(), targets: [target], clock: () => new Date(), report })

  async function newCheckpoint(): Promise<Checkpoint> {
    await audited.send('hello')
    await audited.chained()
    const checkpoint = await audited.parley.app.core.chain.sign()
    if (checkpoint === null) throw new Error('nothing was signed')
    return checkpoint
  }
  const anchorsOf = ({ ordinal }: Checkpoint) => anchorsBetween(pool(), ordinal - 1, ordinal)

  describe('by an RFC 3161 time-stamp authority', () => {
    let authority: TimeStampAuthority
    before(async () => void (authority = await startTimeStampAuthority()))
    after(() => authority[Symbol.asyncDispose]())

    it('whose answer openssl verifies for the digest of the signed text', async () => {
      const checkpoint = await newCheckpoint()
      const target = targetOf(`tsa+${authority.url}`)
      await anchorAt(target)(checkpoint)
      expect(failures).to.deep.equal([])
      const [anchor, ...more] = await anchorsOf(checkpoint)
      expect(more).to.deep.equal([])
      expect(anchor).to.include({ ordinal: checkpoint.ordinal, target: target.name })
      const answer = Buffer.from(anchor!.proof ?? '', 'base64')
      expect(await authority.verifies(answer, sha256(checkpointText(checkpoint)))).to.equal(true)
      expect(await authority.verifies(answer, sha256('something else'))).to.equal(false)
      expect(await audited.verify()).to.include({ ok: true, anchoredUpTo: checkpoint.ordinal })
    })

    it('but not where it refuses, answers nonsense, or with the time-stamp of something else', async () => {
      const target = targetOf(`tsa+${authority.url}`)
      const anchor = anchorAt(target)
      const known = (await anchorsBetween(pool(), 0, 1_000)).find(({ proof }) => proof !== null)
      const checkpoint = await newCheckpoint()
      const refusal = Buffer.from('30053003020102', 'hex')
      for (const answer of [refusal, Buffer.from('no'), Buffer.alloc(0), Buffer.from(known!.proof ?? '', 'base64')]) {
        authority.answerWith(answer)
        await anchor(checkpoint)
        expect(await anchorsOf(checkpoint)).to.deep.equal([])
      }
      expect(failures).to.deep.equal([`audit-anchor ${target.name}`])
      authority.answerWith(null)
      await anchor(checkpoint)
      expect(failures.at(-1)).to.equal(`audit-anchor ${target.name} recovered`)
      expect(await anchorsOf(checkpoint)).to.have.length(1)
    })

    it('and a time-stamp of another checkpoint is found', async () => {
      const checkpoint = await newCheckpoint()
      await anchorAt(targetOf(`tsa+${authority.url}`))(checkpoint)
      await audited.tamper(
        `update audit_anchors set proof = (select proof from audit_anchors where proof is not null order by ordinal limit 1) where ordinal = ${checkpoint.ordinal}`,
      )
      expect((await audited.verify()).firstDivergence).to.deep.equal({
        ordinal: checkpoint.ordinal,
        reason: 'anchor-contradicted',
      })
      await audited.tamper(`delete from audit_anchors where ordinal = ${checkpoint.ordinal}`)
    })
  })

  it('by a webhook, which gets the checkpoint, once', async () => {
    const received: unknown[] = []
    let status = 500
    const server = createServer((request, response) => {
      void json(request).then((body) => {
        received.push([request.headers.authorization, body])
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const target = targetOf(`http://me:pw@127.0.0.1:${port}/anchor`)
      const anchor = anchorAt(target)
      const checkpoint = await newCheckpoint()
      await anchor(checkpoint)
      expect(await anchorsOf(checkpoint)).to.deep.equal([])
      status = 204
      await anchor(checkpoint)
      await anchor(checkpoint)
      const expected = [`Basic ${Buffer.from('me:pw').toString('base64')}`, checkpoint]
      expect(received).to.deep.equal([expected, expected])
      expect((await anchorsOf(checkpoint)).map(({ target: name }) => name)).to.deep.equal([
        `http://127.0.0.1:${port}/anchor`,
      ])
      expect(failures).to.deep.equal([`audit-anchor ${target.name}`, `audit-anchor ${target.name} recovered`])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})
