import { once } from 'node:events'
import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import { exportTables, readExportable, type ExportFormat } from '../../analytics/export-tables.js'
import { findNameProblem } from '../../analytics/find-files.js'
import { newProjection } from '../../analytics/new-projection.js'
import { ownProjectionNames } from '../../projections/projection-list.js'
import { CommandFailedError, UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print, printNotice } from '../output.js'
import { withAnalytics } from './with-analytics.js'

const NEW = 'projections new NAME'

export const newProjectionCommand: OperatorCommand = {
  usage: NEW,
  summary: "write an analyst's projection and its test into PROJECTIONS_DIR, to begin with",
  parse(args) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    const [name, ...more] = positionals
    if (name === undefined || more.length > 0) throw new UsageError(`Usage: parley ${NEW}`)
    const problem = findNameProblem(name, ownProjectionNames)
    if (problem !== null) throw new UsageError(`A projection cannot be named "${name}": ${problem}`)
    return async ({ projectionsDir }) => {
      if (projectionsDir === null)
        throw new UsageError('PROJECTIONS_DIR is not set: name the folder of the projections')
      const paths = await newProjection(projectionsDir, name).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'EEXIST') throw error
        throw new CommandFailedError(`${projectionsDir} already holds a projection "${name}"`)
      })
      for (const path of paths) print(path)
      return 0
    }
  },
}

const EXPORT = 'projections export NAME [--table T] --format csv|ndjson'

export const exportProjectionCommand: OperatorCommand = {
  usage: EXPORT,
  summary: "write the rows of an analyst's projection to standard output",
  parse(args) {
    const options = { format: { type: 'string' }, table: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const [name, ...more] = positionals
    const { format, table } = values
    if (name === undefined || more.length > 0) throw new UsageError(`Usage: parley ${EXPORT}`)
    if (!isFormat(format)) throw new UsageError(`${formatProblem(format)}: give --format csv or --format ndjson`)
    return (config) =>
      withAnalytics(config, async ({ pool, analytics }) => {
        const tables = await chooseTables(pool, name, table, format)
        const state = await (await analytics.find(name))?.state()
        const why = state?.failure ? 'it is paused' : state?.reason
        if (why) printNotice(`These rows of ${name} are not up to date: ${why}`)
        await exportTables(pool, tables, { format, write })
        return 0
      })
  },
}

const formatProblem = (given: string | undefined): string =>
  given === undefined ? '--format is missing' : `"${given}" is no format`

const isFormat = (given: string | undefined): given is ExportFormat => given === 'csv' || given === 'ndjson'

async function chooseTables(
  pool: Pool,
  name: string,
  table: string | undefined,
  format: ExportFormat,
): Promise<string[]> {
  const all = await readExportable(pool, name)
  if (all.length === 0) throw new CommandFailedError(`There are no tables of a projection "${name}" yet`)
  if (table !== undefined && !all.includes(table))
    throw new UsageError(`${name} has no table "${table}", only ${all.join(', ')}`)
  if (table === undefined && format === 'csv' && all.length > 1)
    throw new UsageError(`CSV holds one table: add --table with one of ${all.join(', ')}`)
  return table === undefined ? all : [table]
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
