import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { hasPrometheus, promtool } from '../support/prometheus.js'
import { alertRules, alertTests } from './ops-files.js'

/** The anchors that GitHub and most other renderers give the headings of a page. */
const anchorsOf = (page: string): string[] =>
  Array.from(readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

describe('ops/alerts.yml', () => {
  it('and ops/prometheus.yml are accepted by promtool', function () {
    if (!hasPrometheus()) this.skip()
    promtool('check', 'rules', 'ops/alerts.yml')
    promtool('check', 'config', '--syntax-only', 'ops/prometheus.yml')
  })

  it('has rules that fire, and are quiet for a healthy installation, as ops/alerts.test.yml has it', function () {
    if (!hasPrometheus()) this.skip()
    promtool('test', 'rules', 'ops/alerts.test.yml')
  })

  it('has a test in which each alert fires, and one in which all are quiet', () => {
    const cases = alertTests().flatMap(({ alert_rule_test }) => alert_rule_test)
    for (const { alert } of alertRules()) {
      const own = cases.filter(({ alertname }) => alertname === alert)
      expect(
        own.some(({ exp_alerts: { length } }) => length > 0),
        `${alert} fires`,
      ).to.equal(true)
      expect(
        own.some(({ exp_alerts: { length } }) => length === 0),
        `${alert} is quiet`,
      ).to.equal(true)
    }
  })

  it('names an entry of the runbook for each alert', () => {
    for (const { alert, annotations } of alertRules()) {
      const [page = '', anchor = ''] = annotations.runbook.split('#')
      expect(anchorsOf(page), alert).to.include(anchor)
      expect(anchor).to.equal(alert.toLowerCase())
    }
  })
})
