import type { Pool } from 'pg'
import type { Differences } from '../../postgres/compare-tables.js'

/** What a comparison of a projection with its rebuild found. */
export interface Comparison {
  differences: Differences
  at: Date
}

export async function readComparison(pool: Pool, name: string): Promise<Comparison | null> {
  const { rows } = await pool.query<Comparison>(
    'select differences, at from analytics_build.comparisons where name = $1',
    [name],
  )
  return rows[0] ?? null
}

export async function storeComparison(pool: Pool, name: string, differences: Differences): Promise<void> {
  await pool.query(
    `insert into analytics_build.comparisons (name, differences, at) values ($1, $2, now())
     on conflict (name) do update set differences = excluded.differences, at = excluded.at`,
    [name, JSON.stringify(differences)],
  )
}
