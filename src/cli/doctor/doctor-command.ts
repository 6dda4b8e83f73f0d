import { parseArgs } from 'node:util'
import type { Config } from '../../app/config.js'
import { explainFailure } from '../../app/explain-failure.js'
import type { Foundations } from '../../app/foundations.js'
import { createDiskProbe } from '../../app/readiness/disk-probe.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { checkAudit } from './check-audit.js'
import { checkDisk } from './check-disk.js'
import { checkNode } from './check-node.js'
import { checkPostgres } from './check-postgres.js'
import { checkProjections } from './check-projections.js'
import { checkRedis } from './check-redis.js'
import { checkServer } from './check-server.js'
import { failed, type Finding, ok } from './finding.js'

/** The first thing to run when something is wrong; also beside a running server. */
export const doctor: OperatorCommand = {
  usage: 'doctor [--json]',
  summary:
    'check settings, connections, clocks, versions, disk, projections and audit chain; exit code 1 with a failure',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
    return (config) => report(config, values.json)
  },
}

async function report(config: Config, json: boolean): Promise<number> {
  const findings: Finding[] = []
  const take = (found: readonly Finding[]): void => {
    findings.push(...found)
    if (!json) for (const finding of found) print(lineOf(finding))
  }
  take([ok('settings', 'they can be used'), checkNode()])
  take(await checkDisk(config.dataDir))
  take(await checkServer(config))
  take(await checkRedis(config.redisUrl))
  try {
    await withFoundations(config, async (foundations) => {
      for (const check of checksOf(foundations)) take(await check())
    })
  } catch (error) {
    take([failed('databases and log', explainFailure(error).text)])
  }
  const hasFailed = findings.some(({ status }) => status === 'failed')
  if (json) print(JSON.stringify({ ok: !hasFailed, findings }))
  else print(summaryOf(findings))
  return hasFailed ? 1 : 0
}

const checksOf = (foundations: Foundations): (() => Promise<Finding[]>)[] => {
  const { databases, log } = foundations
  return [
    () => checkPostgres('main database', databases.main),
    () => checkPostgres('database of keys', databases.keys),
    async () => {
      await createDiskProbe(databases.main)()
      return [ok('main database', 'has room')]
    },
    async () => {
      const began = performance.now()
      await log.head()
      const kind = log.kind === 'postgres' ? 'in Postgres' : 'in EventStoreDB'
      return [ok('event log', `${kind}, answers in ${Math.ceil(performance.now() - began)} ms, and takes writes`)]
    },
    () => checkProjections(foundations),
    () => checkAudit(databases.main),
  ]
}

const MARKS = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ' } as const

const lineOf = ({ check, status, message }: Finding): string => `${MARKS[status]}  ${check}: ${message}`

function summaryOf(findings: readonly Finding[]): string {
  const count = (wanted: Finding['status']): number => findings.filter(({ status }) => status === wanted).length
  return `${findings.length} checks, ${count('warning')} warnings, ${count('failed')} failures`
}
