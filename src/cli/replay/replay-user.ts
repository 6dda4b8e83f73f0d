import { parseArgs } from 'node:util'
import { createAppReplay } from '../../app/app-replay.js'
import { UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { unwrapReplayed } from './explain-refusal.js'
import { MOMENT, momentOptions, readTimeOrPosition } from './moment-options.js'

const USAGE = `replay user ID ${MOMENT} [--reason TEXT]`

/** Also beside a running server. */
export const replayUser: OperatorCommand = {
  usage: USAGE,
  summary: 'show the profile and roles of a user as they were, as JSON',
  parse(args) {
    const options = { ...momentOptions, reason: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const [id, ...more] = positionals
    if (id === undefined || more.length > 0) throw new UsageError(`Usage: parley ${USAGE}`)
    const given = readTimeOrPosition(values)
    return (config) =>
      withFoundations(config, async (foundations) => {
        const moment = given ?? { position: await foundations.log.head() }
        const user = unwrapReplayed(await createAppReplay(foundations).user(id.toLowerCase(), moment))
        print(JSON.stringify(user, null, 2))
        return 0
      })
  },
}
