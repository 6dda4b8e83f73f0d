import { parseArgs } from 'node:util'
import { CommandFailedError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { oneName } from '../projections/one-name.js'
import { withProjections } from '../projections/with-projections.js'

const DROP = 'projections drop NAME'

export const dropProjectionCommand: OperatorCommand = {
  usage: DROP,
  summary: "drop the tables of an analyst's projection whose file is gone",
  parse(args) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    const name = oneName(positionals, DROP)
    return (config) =>
      withProjections(config, [name], async ({ analysts: [found] }) => {
        if (found === undefined) throw new CommandFailedError(`${name} is a projection of Parley's own: it stays`)
        const { projection } = found
        if (projection.path !== null)
          throw new CommandFailedError(`${name} has a file: remove ${projection.path} first, then drop its tables`)
        await projection.drop()
        print(`${name} and its tables are dropped`)
        return 0
      })
  },
}
