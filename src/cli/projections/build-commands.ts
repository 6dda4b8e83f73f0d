import { parseArgs } from 'node:util'
import type { Foundations } from '../../app/foundations.js'
import { checkKeys } from '../../app/installation/missing-keys.js'
import { readCheckpoint } from '../../projections/engine/checkpoint.js'
import { openProjection } from '../../projections/engine/open-projection.js'
import type { Projection } from '../../projections/engine/projection.js'
import { diffAnalysts, rebuildAnalysts } from '../analytics/analysts-runs.js'
import { CommandFailedError, UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { printBuildResults, type BuildResult } from './build-result.js'
import { controlOf } from './control-of.js'
import { allProjections } from './find-projections.js'
import { oneName } from './one-name.js'
import { printDifferences } from './print-differences.js'
import { runBuildsHere } from './run-builds-here.js'
import { withProjections } from './with-projections.js'

const FLAG = { type: 'boolean', default: false } as const

const REBUILD = 'projections rebuild NAME… | --all [--json]'

export const rebuildProjections: OperatorCommand = {
  usage: REBUILD,
  summary: 'build it again from the log, beside the tables in use, then use those',
  parse(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { all: FLAG, json: FLAG } })
    if (values.all === positionals.length > 0) throw new UsageError(`Usage: parley ${REBUILD}`)
    return (config) =>
      withProjections(config, values.all ? null : positionals, async ({ foundations, own, analysts }) => {
        const results = await rebuildOwn(foundations, own, values.json)
        for (const { projection, open } of analysts) results.push(await rebuildAnalysts(projection, open, values.json))
        return printBuildResults(results, values.json, 'was rebuilt')
      })
  },
}

async function rebuildOwn(
  foundations: Foundations,
  projections: readonly Projection[],
  json: boolean,
): Promise<BuildResult[]> {
  if (projections.length === 0) return []
  await checkKeysBefore(foundations)
  const control = controlOf(foundations)
  const begun: Projection[] = []
  const refused: BuildResult[] = []
  for (const projection of projections) {
    await openProjection(foundations.databases.main, projection, foundations.log)
    if (await control.rebuild(projection)) begun.push(projection)
    else refused.push({ ...projection, problem: underWay(projection) })
  }
  return [...(await runBuildsHere(foundations, begun, json)), ...refused]
}

/**
 * A rebuild would blank what older keys cannot open. The tables in use say which keys there were; a server has checked them by its start.
 * @throws StartupError
 */
async function checkKeysBefore({ databases, log, projections: { conversations } }: Foundations): Promise<void> {
  if ((await readCheckpoint(databases.main, conversations)) === null) return
  await checkKeys(databases.main, databases.keys, await openProjection(databases.main, conversations, log))
}

export const prepareProjections: OperatorCommand = {
  usage: 'projections prepare [--json]',
  summary: 'build the tables of this release while the one before it runs',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: FLAG } })
    return (config) =>
      withFoundations(config, async (foundations) => {
        const missing: Projection[] = []
        for (const projection of allProjections(foundations)) {
          if ((await readCheckpoint(foundations.databases.main, projection)) !== null) continue
          await controlOf(foundations).rebuild(projection)
          missing.push(projection)
        }
        const results = await runBuildsHere(foundations, missing, values.json)
        if (missing.length === 0 && !values.json) print('Nothing to prepare: all tables of this release are there')
        return missing.length === 0 && !values.json ? 0 : printBuildResults(results, values.json, 'is ready')
      })
  },
}

const DIFF = 'projections diff NAME [--json]'

export const diffProjection: OperatorCommand = {
  usage: DIFF,
  summary: 'build it again, and name the rows that differ; exit code 1 with any',
  parse(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: FLAG } })
    const name = oneName(positionals, DIFF)
    return (config) =>
      withProjections(config, [name], async ({ foundations, own: [own], analysts: [analysts] }) => {
        const differences =
          own === undefined ? await diffAnalysts(analysts?.projection) : await diffOwn(foundations, own, values.json)
        if (values.json) print(JSON.stringify(differences))
        else printDifferences(name, differences)
        return Object.keys(differences).length === 0 ? 0 : 1
      })
  },
}

async function diffOwn(foundations: Foundations, projection: Projection, json: boolean) {
  const control = controlOf(foundations)
  if (!(await control.diff(projection))) throw new CommandFailedError(underWay(projection))
  const [result] = await runBuildsHere(foundations, [projection], json)
  if (result?.problem) throw new CommandFailedError(result.problem)
  return (await control.lastComparison(projection))?.differences ?? {}
}

const underWay = ({ name }: Projection): string =>
  `${name} is being built already: parley projections status shows how far it is`
