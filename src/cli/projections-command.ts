import { parseArgs } from 'node:util'
import type { Config } from '../app/config.js'
import { countOtherClients } from '../app/databases.js'
import { readCheckpoint, resetProjection, type Checkpoint } from '../projections/engine/checkpoint.js'
import { UsageError } from './usage-error.js'
import { withFoundations } from './with-core.js'

/** `parley projections [--json]` lists; `parley projections rebuild NAME` throws one away, to be followed from the start. */
export async function projectionsCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  return withFoundations(config, async ({ databases, log, projections: list }) => {
    const { main: pool } = databases
    const projections = Object.values(list)
    const [verb, name, ...more] = positionals

    if (verb === undefined) {
      const rows = await Promise.all(
        projections.map(async (projection) => ({
          name: projection.name,
          version: projection.version,
          ...(await readCheckpoint(pool, projection)),
        })),
      )
      if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`)
      else for (const row of rows) process.stdout.write(`${row.name} version ${row.version}: ${describe(row)}\n`)
      return 0
    }

    const projection = projections.find((known) => known.name === name)
    if (verb !== 'rebuild' || projection === undefined || more.length > 0) {
      throw new UsageError(`Usage: parley projections rebuild ${projections.map((known) => known.name).join('|')}`)
    }
    if ((await countOtherClients(pool)) > 0) throw new UsageError('The database is in use: stop the server first')
    await resetProjection(pool, projection, log.start)
    process.stdout.write(`${projection.name} is empty; the next start follows the log from its beginning\n`)
    return 0
  })
}

function describe({ position, failure }: Partial<Checkpoint>): string {
  if (position === undefined) return 'never started'
  if (!failure) return `at ${position}`
  return `paused at ${failure.position} by ${failure.eventType} in ${failure.stream}: ${failure.code}`
}
