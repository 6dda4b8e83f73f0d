import { parseArgs } from 'node:util'
import { pruneVersions } from '../../projections/engine/prune-versions.js'
import type { ManagedProjection } from '../../projections/managed-projection.js'
import { CommandFailedError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { controlOf } from './control-of.js'
import { describeFailure } from '../../projections/engine/describe-failure.js'
import { allProjections } from './find-projections.js'
import { oneName } from './one-name.js'
import { waitForRetry } from './wait-for-retry.js'
import { withManaged } from './with-managed.js'

/** A command that changes the state of one projection, Parley's own or an analyst's; its answer is printed. */
const change = (
  word: string,
  summary: string,
  run: (projection: ManagedProjection) => Promise<string>,
): OperatorCommand => {
  const usage = `projections ${word} NAME`
  return {
    usage,
    summary,
    parse(args) {
      const { positionals } = parseArgs({ args, allowPositionals: true })
      const name = oneName(positionals, usage)
      return (config) =>
        withManaged(config, name, async (projection) => {
          print(await run(projection))
          return 0
        })
    },
  }
}

export const cancelBuild = change(
  'cancel',
  'give up its rebuild, and drop what was built',
  async ({ name, cancel }) => {
    if (!(await cancel())) throw new CommandFailedError(`${name} is not being built`)
    return `The build of ${name} is cancelled`
  },
)

export const retryProjection = change(
  'retry',
  'try the event at which it is paused again, at once',
  async (projection) => {
    const { name, state, retry } = projection
    const before = await state()
    if (!(await retry())) throw new CommandFailedError(`${name} is not paused`)
    const { failure } = await waitForRetry(projection, before)
    if (failure !== null) throw new CommandFailedError(`${name} was tried again, and is ${describeFailure(failure)}`)
    return `${name} tries again`
  },
)

export const stopProjection = change('stop', 'let it rest, until it is started again', async ({ name, stop }) => {
  const whyNot = await stop()
  if (whyNot !== null) throw new CommandFailedError(`${name} cannot be stopped: ${whyNot}`)
  return `${name} is stopped`
})

export const startProjection = change('start', 'let it follow the log again', async ({ name, start }) => {
  await start()
  return `${name} follows the log`
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
