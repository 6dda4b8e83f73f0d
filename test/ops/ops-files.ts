import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface AlertRule {
  alert: string
  expr: string
  annotations: { summary: string; runbook: string }
}

interface AlertTest {
  name: string
  alert_rule_test: { alertname: string; exp_alerts: object[] }[]
}

export const alertRules = (): AlertRule[] => {
  const { groups } = parse(readFileSync('ops/alerts.yml', 'utf8')) as { groups: { rules: AlertRule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

export const alertTests = (): AlertTest[] =>
  (parse(readFileSync('ops/alerts.test.yml', 'utf8')) as { tests: AlertTest[] }).tests

export interface PanelQuery {
  dashboard: string
  panel: string
  expr: string
}

export const panelQueries = (): PanelQuery[] =>
  ['dashboard-service', 'dashboard-log'].flatMap((dashboard) => {
    const { panels } = JSON.parse(readFileSync(`ops/${dashboard}.json`, 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[]
    }
    return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ dashboard, panel: title, expr })))
  })

const KEYWORDS = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'and',
  'or',
  'unless',
  'bool',
  'group_left',
  'group_right',
])

/** The metrics that an expression of PromQL names. */
export function metricsIn(expr: string): string[] {
  const bare = expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring) *\([^)]*\)/g, ' ')
  const names = bare.match(/\b[a-z_][a-z0-9_]*\b(?! *\()/g) ?? []
  return [...new Set(names.filter((name) => !KEYWORDS.has(name)))]
}
