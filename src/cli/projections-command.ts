import { parseArgs } from 'node:util'
import { countOtherClients } from '../app/databases.js'
import type { Foundations } from '../app/foundations.js'
import { readCheckpoint, resetProjection, type Failure } from '../projections/engine/checkpoint.js'
import type { Projection } from '../projections/engine/projection.js'
import { readSkippedEvents } from '../projections/engine/skipped-events.js'
import { CommandFailedError, UsageError } from './command-errors.js'
import type { OperatorCommand } from './operator-command.js'
import { print } from './output.js'
import { skipEvent } from './skip-event.js'
import { withFoundations } from './with-core.js'

export const listProjections: OperatorCommand = {
  usage: 'projections [--json]',
  summary: 'show where each projection stands; exit code 1 with one paused',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
    return (config) => withFoundations(config, (foundations) => list(foundations, values.json))
  },
}

const REBUILD = 'projections rebuild NAME'

export const rebuildProjection: OperatorCommand = {
  usage: REBUILD,
  summary: 'empty it, so that the next start follows the log from the start; stop the server first',
  parse(args) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    const [name, ...more] = positionals
    if (name === undefined || more.length > 0) throw new UsageError(`Usage: parley ${REBUILD}`)
    return (config) =>
      withFoundations(config, async (foundations) => {
        const { databases, log } = foundations
        const projection = find(name, foundations)
        if ((await countOtherClients(databases.main)) > 0)
          throw new CommandFailedError('The database is in use: stop the server first')
        await resetProjection(databases.main, projection, log.start)
        print(`${projection.name} is empty; the next start follows the log from its beginning`)
        return 0
      })
  },
}

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
        const projection = find(name, foundations)
        await skipEvent(projection, position, reason, { ...foundations, pool: foundations.databases.main })
        print(`${projection.name} skips the event at ${position}: a running server continues within 30 s`)
        return 0
      })
  },
}

/** @throws UsageError */
function find(name: string, { projections }: Foundations): Projection {
  const all: Projection[] = Object.values(projections)
  const found = all.find((known) => known.name === name)
  if (found !== undefined) return found
  throw new UsageError(`There is no projection "${name}", only ${all.map((known) => known.name).join(', ')}`)
}

interface Listed {
  name: string
  version: number
  position?: string
  failure?: Failure | null
  /** Positions of events that it was made to skip. */
  skipped: string[]
}

async function list({ databases, log, reader, projections }: Foundations, asJson: boolean): Promise<number> {
  const skipped = await readSkippedEvents(log, reader)
  const rows = await Promise.all(
    Object.values<Projection>(projections).map(async (projection): Promise<Listed> => {
      const { name, version } = projection
      const checkpoint = await readCheckpoint(databases.main, projection)
      return { name, version, ...checkpoint, skipped: [...(skipped.get(name) ?? [])] }
    }),
  )
  if (asJson) print(JSON.stringify(rows))
  else for (const row of rows) print(`${row.name} version ${row.version}: ${describe(row)}`)
  return rows.some(({ failure }) => failure) ? 1 : 0
}

function describe({ position, failure, skipped }: Listed): string {
  if (position === undefined) return 'never started'
  const passedOver = skipped.length === 0 ? '' : `; skipped: ${skipped.join(', ')}`
  if (!failure) return `at ${position}${passedOver}`
  return `paused at ${failure.position} by ${failure.eventType} in ${failure.stream}: ${failure.code}${passedOver}`
}
