import { parseArgs } from 'node:util'
import type { Foundations } from '../../app/foundations.js'
import { checkKeys } from '../../app/installation/missing-keys.js'
import { openProjection } from '../../projections/engine/open-projection.js'
import type { Projection } from '../../projections/engine/projection.js'
import { createProjectionControl, type ProjectionControl } from '../../projections/engine/projection-control.js'
import { readCheckpoint } from '../../projections/engine/checkpoint.js'
import { CommandFailedError, UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { allProjections, findProjection } from './find-projections.js'
import { oneName } from './one-name.js'
import { printDifferences } from './print-differences.js'
import { runBuildsHere } from './run-builds-here.js'

const FLAG = { type: 'boolean', default: false } as const

/** Builds need no server, and disturb none. */
export const controlOf = ({ databases, log }: Foundations): ProjectionControl =>
  createProjectionControl({ pool: databases.main, log, wakeUp: () => undefined })

const REBUILD = 'projections rebuild NAME… | --all [--json]'

export const rebuildProjections: OperatorCommand = {
  usage: REBUILD,
  summary: 'build it again from the log, beside the tables in use, then use those',
  parse(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { all: FLAG, json: FLAG } })
    if (values.all === positionals.length > 0) throw new UsageError(`Usage: parley ${REBUILD}`)
    return (config) =>
      withFoundations(config, async (foundations) => {
        const projections = values.all
          ? allProjections(foundations)
          : positionals.map((name) => findProjection(name, foundations))
        await checkKeysBefore(foundations)
        const control = controlOf(foundations)
        for (const projection of projections) {
          await openProjection(foundations.databases.main, projection, foundations.log)
          if (!(await control.rebuild(projection))) throw new CommandFailedError(underWay(projection))
        }
        await runBuildsHere(foundations, projections, values.json)
        report(projections, values.json, 'was rebuilt')
        return 0
      })
  },
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
        await runBuildsHere(foundations, missing, values.json)
        report(missing, values.json, 'is ready')
        if (missing.length === 0 && !values.json) print('Nothing to prepare: all tables of this release are there')
        return 0
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
      withFoundations(config, async (foundations) => {
        const projection = findProjection(name, foundations)
        const control = controlOf(foundations)
        if (!(await control.diff(projection))) throw new CommandFailedError(underWay(projection))
        await runBuildsHere(foundations, [projection], values.json)
        const { differences = null } = (await control.lastComparison(projection)) ?? {}
        if (values.json) print(JSON.stringify(differences ?? {}))
        else printDifferences(name, differences ?? {})
        return Object.keys(differences ?? {}).length === 0 ? 0 : 1
      })
  },
}

const underWay = ({ name }: Projection): string =>
  `${name} is being built already: parley projections status shows how far it is`

function report(projections: readonly Projection[], json: boolean, what: string): void {
  if (json) print(JSON.stringify(projections.map(({ name, version }) => ({ name, version }))))
  else for (const { name } of projections) print(`${name} ${what}`)
}
