import { parseArgs } from 'node:util'
import type { Projection } from '../../projections/engine/projection.js'
import type { ProjectionControl } from '../../projections/engine/projection-control.js'
import { pruneVersions } from '../../projections/engine/prune-versions.js'
import { CommandFailedError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { controlOf } from './build-commands.js'
import { allProjections, findProjection } from './find-projections.js'
import { oneName } from './one-name.js'

/** A command on one projection that changes its state; its answer is printed. */
const change = (
  word: string,
  summary: string,
  run: (control: ProjectionControl, projection: Projection) => Promise<string>,
): OperatorCommand => {
  const usage = `projections ${word} NAME`
  return {
    usage,
    summary,
    parse(args) {
      const { positionals } = parseArgs({ args, allowPositionals: true })
      const name = oneName(positionals, usage)
      return (config) =>
        withFoundations(config, async (foundations) => {
          print(await run(controlOf(foundations), findProjection(name, foundations)))
          return 0
        })
    },
  }
}

export const cancelBuild = change(
  'cancel',
  'give up its rebuild, and drop what was built',
  async (control, projection) => {
    if (!(await control.cancel(projection))) throw new CommandFailedError(`${projection.name} is not being built`)
    return `The build of ${projection.name} is cancelled`
  },
)

export const retryProjection = change(
  'retry',
  'try the event at which it is paused again, at once',
  async (control, projection) => {
    if (!(await control.retry(projection))) throw new CommandFailedError(`${projection.name} is not paused`)
    return `${projection.name} tries again`
  },
)

export const stopProjection = change('stop', 'let it rest, until it is started again', async (control, projection) => {
  if (projection.neverStops !== undefined)
    throw new CommandFailedError(`${projection.name} cannot be stopped: ${projection.neverStops}`)
  await control.setStopped(projection, true)
  return `${projection.name} is stopped`
})

export const startProjection = change('start', 'let it follow the log again', async (control, projection) => {
  await control.setStopped(projection, false)
  return `${projection.name} follows the log`
})

export const pruneProjections: OperatorCommand = {
  usage: 'projections prune [--json]',
  summary: 'drop tables that rebuilds and earlier releases left, where no node uses them',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
    return (config) =>
      withFoundations(config, async (foundations) => {
        const control = controlOf(foundations)
        const dropped: { name: string; version: number; generation: number }[] = []
        for (const projection of allProjections(foundations)) {
          const { name, version } = projection
          for (const generation of await control.prune(projection)) dropped.push({ name, version, generation })
        }
        dropped.push(...(await pruneVersions(foundations.databases.main, allProjections(foundations))))
        if (values.json) print(JSON.stringify(dropped))
        else
          for (const one of dropped)
            print(`${one.name} version ${one.version} generation ${one.generation} was dropped`)
        if (dropped.length === 0 && !values.json) print('Nothing to drop')
        return 0
      })
  },
}
