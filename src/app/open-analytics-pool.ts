import type pg from 'pg'
import { findRoleProblem } from '../analytics/database/check-role.js'
import { grantReader } from '../analytics/database/grant-reader.js'
import { prepareSchemas } from '../analytics/database/prepare-schemas.js'
import { prepareTables } from '../analytics/database/prepare-tables.js'
import { createPool } from '../postgres/pool.js'
import { openingDatabase } from './database-failure.js'
import type { AnalyticsUrls } from './databases.js'
import type { Releases } from './release.js'
import { StartupError } from './startup-error.js'

/** Connections of the role that owns the schemas of analysts' projections, with these and Parley's tables in them. @throws StartupError */
export async function openAnalyticsPool(
  { url, ownerUrl }: AnalyticsUrls,
  max: number,
  releases: Releases,
): Promise<pg.Pool> {
  if (ownerUrl !== null) await prepareSchemas(ownerUrl, url)
  const pool = createPool({ connectionString: url, max, applicationName: 'parley-analytics' })
  releases.onRelease(() => pool.end())
  const problem = await openingDatabase('ANALYTICS_DATABASE_URL', url, () => findRoleProblem(pool))
  if (problem !== null) throw new StartupError(`ANALYTICS_DATABASE_URL: ${problem}`)
  await prepareTables(pool)
  await grantReader(pool)
  return pool
}
