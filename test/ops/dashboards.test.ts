import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { ownMetrics } from '../docs/metrics-table.js'
import { eventually } from '../support/eventually.js'
import { hasPrometheus, startPrometheus, type TestPrometheus } from '../support/prometheus.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { alertRules, metricsIn, panelQueries } from './ops-files.js'

/** Nothing is delivered, verified or failing in this test, so these have no values. */
const MAY_BE_EMPTY = /webhook_deliveries_total|audit_verification|follower_fail/

async function converse(parley: TestApp): Promise<void> {
  const { token } = await parley.register('Alice')
  const { body } = await parley.call('POST', '/chats', { token, body: { participantIds: [], name: 'Garden' } })
  const { id: chatId } = body as { id: string }
  const socket = parley.socket(token)
  await new Promise<void>((resolve) => socket.once('ready', () => resolve()))
  await socket.emitWithAck('send_message', { chatId, content: 'hello' })
  await parley.call('POST', '/auth/login', { body: { email: 'nobody@example.com', password: 'wrong password' } })
}

describe('alerts and dashboards in ops', () => {
  it('name only metrics that a server has', async () => {
    await using parley = await startTestApp()
    const text = String((await parley.call('GET', '/metrics')).body)
    const served = Array.from(text.matchAll(/^# TYPE (\S+) (\S+)/gm)).flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name],
    )
    const named = [...alertRules(), ...panelQueries()].flatMap(({ expr }) => metricsIn(expr))
    expect(named.filter((name) => name !== 'up' && !served.includes(name))).to.deep.equal([])
    expect(named).to.include.members(['http_request_duration_seconds_count', 'nodejs_eventloop_lag_p99_seconds'])
  })

  it('show every metric but the release, on a panel or by an alert', () => {
    const named = [...alertRules(), ...panelQueries()].flatMap(({ expr }) => metricsIn(expr))
    const shown = new Set(named.map((name) => name.replace(/_(bucket|sum|count)$/, '')))
    const missing = ownMetrics().filter(({ name }) => !shown.has(name) && name !== 'parley_info')
    expect(missing.map(({ name }) => name)).to.deep.equal([])
  })

  describe('on a Prometheus that scrapes a running server', () => {
    let parley: TestApp
    let prometheus: TestPrometheus

    before(async function () {
      if (!hasPrometheus()) this.skip()
      parley = await startTestApp({
        dataDir: tmpdir(),
        auditAnchors: [{ kind: 'file', location: '/nowhere/parley', name: 'file:/nowhere/parley' }],
      })
      prometheus = await startPrometheus(new URL(parley.app.url).host)
      await converse(parley)
    })

    after(async () => {
      await prometheus[Symbol.asyncDispose]()
      await parley[Symbol.asyncDispose]()
    })

    const valuesOf = async (expr: string): Promise<unknown[]> => {
      const query = expr.replaceAll('$__rate_interval', '5m')
      return (await prometheus.ask<{ result: unknown[] }>('query', { query })).result
    }

    it('every panel has a value', async () => {
      for (const { dashboard, panel, expr } of panelQueries())
        await eventually(async () => {
          const values = await valuesOf(expr)
          if (!MAY_BE_EMPTY.test(expr)) expect(values, `${dashboard}, ${panel}: ${expr}`).to.not.be.empty
        })
    })

    it('every alert is evaluated without an error', async () => {
      interface Rules {
        groups: { rules: { name: string; health: string; lastError?: string }[] }[]
      }
      await eventually(async () => {
        const rules = (await prometheus.ask<Rules>('rules')).groups.flatMap((group) => group.rules)
        expect(rules.map(({ name }) => name)).to.deep.equal(alertRules().map(({ alert }) => alert))
        expect(rules.filter(({ health }) => health !== 'ok')).to.deep.equal([])
      })
    })
  })
})
