import { expect } from 'chai'
import { startChild } from '../support/child.js'
import { execute } from '../support/test-database.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

interface Report {
  ok: boolean
  findings: { check: string; status: string; message: string }[]
}

describe('parley doctor', function () {
  this.timeout(240_000)
  let parley: TestApp

  before(async () => {
    parley = await startTestApp()
    await parley.register('Ada')
  })
  after(() => parley[Symbol.asyncDispose]())

  async function doctor(
    args: string[],
    env: Record<string, string> = {},
  ): Promise<{ code: number | null; output: string }> {
    await using child = startChild('cli.js', ['doctor', ...args], { ...parley.environment, ...env })
    return { code: await child.exited, output: child.output }
  }

  const asJson = async (env: Record<string, string> = {}): Promise<Report & { code: number | null }> => {
    const { code, output } = await doctor(['--json'], env)
    return { code, ...(JSON.parse(output.slice(output.indexOf('{'))) as Report) }
  }
  const of = ({ findings }: Report, check: string): string[] =>
    findings.filter((finding) => finding.check === check).map(({ status, message }) => `${status}: ${message}`)

  it('beside a running node, names what it looked at; the Postgres of the tests is not durable, which it finds', async () => {
    const { port } = new URL(parley.app.url)
    const { code, output } = await doctor([], { PORT: port })
    expect(code, output).to.equal(1)
    const failures = output.split('\n').filter((line) => line.startsWith('FAILED'))
    expect(failures.filter((line) => !line.includes('fsync or full_page_writes is off'))).to.deep.equal([])
    for (const line of [
      /^ok {7}settings: they can be used$/m,
      /^(ok {7}|WARNING {2})Node: /m,
      /^ok {7}node: http:\/\/127\.0\.0\.1:\d+\/readyz answers 200 "ok"$/m,
      /^ok {7}Redis: REDIS_URL is not set/m,
      /^FAILED {3}main database: fsync or full_page_writes is off/m,
      /^ok {7}main database: its clock differs by \d+ ms$/m,
      /^ok {7}database of keys: its clock differs/m,
      /^ok {7}event log: in Postgres, answers in \d+ ms, and takes writes$/m,
      /^WARNING {2}audit chain: Only triggers protect it/m,
      /^ok {7}audit chain: \d+ entries, never verified/m,
      /^\d+ checks, \d+ warnings, 2 failures$/m,
    ])
      expect(output).to.match(line)
  })

  it('names a projection that is stopped, one that is paused, and a node that does not run', async () => {
    const { databases } = parley.app.core
    const failure = {
      position: '7',
      stream: 'chat-1',
      eventType: 'MessageSent',
      code: 'boom',
      at: '2026-01-01T00:00:00Z',
    }
    await execute(
      parley.environment['DATABASE_URL']!,
      `update projections set stopped = true where name in ('audit_trail', 'revocations')`,
      `update projections set failure = '${JSON.stringify(failure)}' where name = 'audit_trail'`,
    )
    const report = await asJson({ PORT: '1' })
    expect([report.code, report.ok]).to.deep.equal([1, false])
    expect(of(report, 'projection revocations')).to.deep.equal([
      'warning: it is stopped: "parley projections start revocations"',
    ])
    expect(of(report, 'projection audit_trail')[0]).to.match(/^failed: paused at 7 by MessageSent in chat-1: boom/)
    expect(of(report, 'node')).to.deep.equal([
      'warning: nothing answers as Parley does at http://127.0.0.1:1/readyz: no node runs with these settings',
    ])
    await databases.main.query('update projections set stopped = false, failure = null')
  })

  it('goes on where Redis or the databases cannot be reached, and says which', async () => {
    const nowhere = 'postgres://parley:hidden@127.0.0.1:1/parley'
    const report = await asJson({ REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: nowhere })
    expect(report.code).to.equal(1)
    expect(of(report, 'Redis')).to.deep.equal([
      'warning: it does not answer (ECONNREFUSED): start it, or correct REDIS_URL',
    ])
    expect(of(report, 'databases and log')[0]).to.match(/^failed: DATABASE_URL: .*127\.0\.0\.1:1/)
    expect(JSON.stringify(report)).to.not.contain('hidden')
  })
})
