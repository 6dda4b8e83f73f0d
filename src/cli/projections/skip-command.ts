import { parseArgs } from 'node:util'
import { normaliseText } from '../../domain/text.js'
import type { SkipOutcome } from '../../projections/engine/skip-event.js'
import { CommandFailedError, UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { operatorName } from '../operator-name.js'
import { print } from '../output.js'
import { withManaged } from './with-managed.js'

const SKIP = 'projections skip NAME --position P --reason TEXT'
const MAX_REASON = 1_000

export const skipProjectionEvent: OperatorCommand = {
  usage: SKIP,
  summary: 'pass over the event at which it is paused, for good',
  parse(args) {
    const options = { position: { type: 'string' }, reason: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const [name, ...more] = positionals
    const { position } = values
    if (name === undefined || position === undefined || values.reason === undefined || more.length > 0)
      throw new UsageError(`Usage: parley ${SKIP}`)
    const reason = normaliseText(values.reason, MAX_REASON)
    if (!reason.ok) throw new UsageError(`--reason must be a text of 1 to ${MAX_REASON} characters`)
    const skip = { position, by: operatorName(), reason: reason.text }
    return (config) =>
      withManaged(config, name, async (projection) => {
        const outcome = await projection.skip(skip)
        if (outcome.kind !== 'skipped') throw new CommandFailedError(explain(name, position, outcome))
        print(`${name} skips the event at ${position}`)
        return 0
      })
  },
}

function explain(name: string, position: string, outcome: Exclude<SkipOutcome, { kind: 'skipped' }>): string {
  if (outcome.kind === 'never') return `${name} cannot skip events: ${outcome.why}`
  if (outcome.pausedAt.length === 0) return `${name} is not paused: there is nothing to skip`
  return `${name} is paused at ${outcome.pausedAt.join(' and ')}, not at ${position}`
}
