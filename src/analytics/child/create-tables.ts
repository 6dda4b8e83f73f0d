import type { Client } from 'pg'
import { refuseTakenNames } from '../database/taken-names.js'
import { refuseUnsupported } from './refuse-unsupported.js'

/** Creates the tables of a generation under construction, unless they are there. The checkpoint's row lists them from then on. */
export async function createTables(client: Client, tables: string, name: string, generation: number): Promise<void> {
  await client.query('begin')
  const { rows } = await client.query<{ schema: string; relations: string[] | null; transaction: string }>(
    `select schema, relations, pg_current_xact_id()::text as transaction from analytics_build.checkpoints
     where name = $1 and generation = $2 for update`,
    [name, generation],
  )
  const [row] = rows
  if (row?.relations === null) {
    const { schema, transaction } = row
    await client.query(`set local search_path to ${schema}`)
    await client.query(tables)
    await refuseUnsupported(client, schema, transaction)
    await refuseTakenNames(client, schema, name)
    const made = await findRelations(client, schema)
    if (made.length === 0) throw new TypeError('tables creates no table')
    await client.query('update analytics_build.checkpoints set relations = $3 where name = $1 and generation = $2', [
      name,
      generation,
      made,
    ])
  }
  await client.query('commit')
}

/** Tables and views; indexes and sequences go where their table goes. */
async function findRelations(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p', 'v', 'm') order by relname`,
    [schema],
  )
  return rows.map(({ relname }) => relname)
}
