import type { Client } from 'pg'
import { BUILD_SCHEMA } from '../database/schemas.js'

/**
 * Creates the tables of a generation under construction, unless they are there. The checkpoint's row lists them from then on.
 * Which ones they are is found by comparing, so one process at a time does this.
 */
export async function createTables(client: Client, tables: string, name: string, generation: number): Promise<void> {
  await client.query(
    `begin; select pg_advisory_xact_lock(hashtext('parley/analytics')); set local search_path to ${BUILD_SCHEMA}`,
  )
  const { rows } = await client.query<{ relations: string[] | null }>(
    'select relations from analytics.checkpoints where name = $1 and generation = $2',
    [name, generation],
  )
  if (rows[0]?.relations === null) {
    const before = await findRelations(client)
    await client.query(tables)
    const made = (await findRelations(client)).filter((relation) => !before.includes(relation))
    if (made.length === 0) throw new TypeError('tables creates no table')
    await client.query('update analytics.checkpoints set relations = $3 where name = $1 and generation = $2', [
      name,
      generation,
      made,
    ])
  }
  await client.query('commit')
}

/** Tables and views; indexes and sequences go where their table goes. */
async function findRelations(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = '${BUILD_SCHEMA}'::regnamespace and relkind in ('r', 'p', 'v', 'm')`,
  )
  return rows.map(({ relname }) => relname)
}
