import { parseArgs } from 'node:util'
import type { Config } from '../app/config.js'
import { countOtherClients } from '../app/databases.js'
import type { Foundations } from '../app/foundations.js'
import { readCheckpoint, resetProjection, type Failure } from '../projections/engine/checkpoint.js'
import type { Projection } from '../projections/engine/projection.js'
import { readSkippedEvents } from '../projections/engine/skipped-events.js'
import { print } from './output.js'
import { skipEvent } from './skip-event.js'
import { UsageError } from './usage-error.js'
import { withFoundations } from './with-core.js'

const OPTIONS = {
  json: { type: 'boolean', default: false },
  position: { type: 'string' },
  reason: { type: 'string' },
} as const

/**
 * `parley projections [--json]` lists; the exit code is 1 where one is paused. `rebuild NAME` throws one away, to be followed from the
 * start. `skip NAME --position P --reason TEXT` passes over the event at which one is paused.
 */
export async function projectionsCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
  const [verb, name, ...more] = positionals
  return withFoundations(config, async (foundations) => {
    if (verb === undefined) return list(foundations, values.json)
    const projections: Projection[] = Object.values(foundations.projections)
    const projection = projections.find((known) => known.name === name)
    const names = projections.map((known) => known.name).join('|')
    if (projection === undefined || more.length > 0) throw new UsageError(usage(names))
    const { position, reason } = values
    if (verb === 'rebuild') await rebuild(projection, foundations)
    else if (verb === 'skip' && position !== undefined && reason !== undefined) {
      await skipEvent(projection, position, reason, { ...foundations, pool: foundations.databases.main })
      print(`${projection.name} skips the event at ${position}: a server goes on within 30 s, or when it starts`)
    } else throw new UsageError(usage(names))
    return 0
  })
}

const usage = (names: string): string =>
  `Usage: parley projections rebuild ${names}\n       parley projections skip ${names} --position P --reason TEXT`

async function rebuild(projection: Projection, { databases: { main: pool }, log }: Foundations): Promise<void> {
  if ((await countOtherClients(pool)) > 0) throw new UsageError('The database is in use: stop the server first')
  await resetProjection(pool, projection, log.start)
  print(`${projection.name} is empty; the next start follows the log from its beginning`)
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
