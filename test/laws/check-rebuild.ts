import { expect } from 'chai'
import type { Pool } from 'pg'
import { openProjection, type OpenProjection } from '../../src/projections/checkpoint.js'
import { apart, catchUp } from './lagging-node.js'
import type { Listener } from './story.js'

/** Every row of every table, in an order of its own. */
export async function rowsOf(pool: Pool, { projection, table }: OpenProjection): Promise<Record<string, object[]>> {
  const read = async (name: string) => {
    const { rows } = await pool.query<{ row: object }>(
      `select to_jsonb(t) as row from ${table(name)} t order by to_jsonb(t)`,
    )
    return [name, rows.map(({ row }) => row)] as const
  }
  return Object.fromEntries(await Promise.all(projection.tables.map(read)))
}

let rebuilds = 0

/** Made anew from the log's start, the tables hold what they held. */
export const rebuild: Listener = {
  async atEnd({ world: { side, nodes } }) {
    const { pool, log } = side
    for (const what of ['conversations', 'index'] as const) {
      const [one, two] = [nodes[0][what], nodes[1][what]]
      const fresh = await openProjection(pool, apart(one.projection, 10 + rebuilds++), log)
      await catchUp(side, fresh, 10_000)
      const rows = await rowsOf(pool, fresh)
      expect(await rowsOf(pool, one)).to.deep.equal(rows)
      expect(await rowsOf(pool, two)).to.deep.equal(rows)
      await pool.query(`drop table ${fresh.projection.tables.map(fresh.table).join()}`)
    }
  },
}
