import { expect } from 'chai'
import type { Pool } from 'pg'
import { openProjection } from '../../src/projections/engine/open-projection.js'
import { apart, catchUp } from './lagging-node.js'
import type { Listener } from './story.js'

/** The rows that only one of two tables holds. */
async function differences(pool: Pool, one: string, other: string): Promise<object[]> {
  const text = `
    select 'missing' as what, * from (select to_jsonb(t) as row from ${one} t except all select to_jsonb(t) from ${other} t) m
    union all
    select 'added', * from (select to_jsonb(t) as row from ${other} t except all select to_jsonb(t) from ${one} t) a`
  return (await pool.query<object>(text)).rows
}

let rebuilds = 0

/** Made again from the log's start, the tables hold what they held. */
export const rebuild: Listener = {
  async atEnd({ world: { side, nodes } }) {
    const { pool, log } = side
    for (const what of ['conversations', 'index'] as const) {
      const [one, two] = [nodes[0][what], nodes[1][what]]
      const fresh = await openProjection(pool, apart(one.projection, 10 + rebuilds++), log)
      await catchUp(side, fresh, 10_000)
      for (const name of fresh.projection.tables)
        for (const grown of [one, two])
          expect(await differences(pool, fresh.table(name), grown.table(name)), name).to.deep.equal([])
      await pool.query(`drop table ${fresh.projection.tables.map(fresh.table).join()}`)
    }
  },
}
