import { parseArgs } from 'node:util'
import { UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { findProjection } from './find-projections.js'
import { skipEvent } from './skip-event.js'

const SKIP = 'projections skip NAME --position P --reason TEXT'

export const skipProjectionEvent: OperatorCommand = {
  usage: SKIP,
  summary: 'pass over the event at which it is paused, for good',
  parse(args) {
    const options = { position: { type: 'string' }, reason: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const [name, ...more] = positionals
    const { position, reason } = values
    if (name === undefined || position === undefined || reason === undefined || more.length > 0)
      throw new UsageError(`Usage: parley ${SKIP}`)
    return (config) =>
      withFoundations(config, async (foundations) => {
        const projection = findProjection(name, foundations)
        await skipEvent(projection, position, reason, { ...foundations, pool: foundations.databases.main })
        print(`${projection.name} skips the event at ${position}: a running server continues within 30 s`)
        return 0
      })
  },
}
