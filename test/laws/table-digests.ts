import type { Core } from '../../src/app/core.js'
import { readCheckpoint } from '../../src/projections/engine/checkpoint.js'
import { tableName } from '../../src/projections/engine/projection.js'

/** Of each table that queries use: how many rows it has, and a digest of them. */
export async function tableDigests({ databases, projections }: Core): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const projection of Object.values(projections)) {
    const checkpoint = await readCheckpoint(databases.main, projection)
    const table = tableName(projection, checkpoint?.generation ?? 0)
    for (const name of projection.tables) {
      const { rows } = await databases.main.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(md5(row::text), '' order by md5(row::text))), '') as digest
         from ${table(name)} as row`,
      )
      digests[name] = rows[0]!.digest
    }
  }
  return digests
}
