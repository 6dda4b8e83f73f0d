import type { ClientBase, Pool } from 'pg'
import { dropTables } from './generations.js'
import { IS_FREE } from './lease.js'
import { changingGenerations } from './open-projection.js'
import type { Projection } from './projection.js'

export interface DroppedGeneration {
  name: string
  version: number
  generation: number
}

/** Drops all generations of versions before these, where no node of an earlier release follows the log for them. */
export const pruneVersions = (pool: Pool, projections: readonly Projection[]): Promise<DroppedGeneration[]> =>
  prune(pool, projections, 'earlier')

/** The same, also of later versions: what a newer release has prepared, or left when it was taken back. */
export const pruneOtherVersions = (pool: Pool, projections: readonly Projection[]): Promise<DroppedGeneration[]> =>
  prune(pool, projections, 'other')

/** Drops all of a projection, used or not: the next start makes it from the start of the log. No node may run. */
export async function dropProjection(tx: ClientBase, projection: string): Promise<void> {
  const { rows } = await tx.query<{ version: number; tables: string[] | null }>(
    'select version, tables from projections where name = $1',
    [projection],
  )
  for (const { version, tables } of rows)
    await dropTables(tx, { version, tables: tables ?? [] }, await deleteVersion(tx, projection, version))
}

type Which = keyof typeof VERSIONS

const VERSIONS = { earlier: 'p.version < used.version', other: 'p.version <> used.version' }

const prune = (pool: Pool, projections: readonly Projection[], which: Which): Promise<DroppedGeneration[]> =>
  changingGenerations(pool, async (tx) => {
    const dropped: DroppedGeneration[] = []
    for (const { name, version, tables } of await readUnused(tx, projections, which)) {
      const generations = await deleteVersion(tx, name, version)
      await dropTables(tx, { version, tables }, generations)
      dropped.push(...generations.map((generation) => ({ name, version, generation })))
    }
    return dropped
  })

async function readUnused(tx: ClientBase, projections: readonly Projection[], which: Which) {
  const { rows } = await tx.query<{ name: string; version: number; tables: string[] }>(
    `select p.name, p.version, p.tables from projections p
     join unnest($1::text[], $2::integer[]) as used (name, version) on used.name = p.name and ${VERSIONS[which]}
     where p.tables is not null and not exists (
       select from projection_leases l where l.name in (p.name, p.name || ' builds') and l.version = p.version and not ${IS_FREE})`,
    [projections.map(({ name }) => name), projections.map(({ version }) => version)],
  )
  return rows
}

async function deleteVersion(tx: ClientBase, name: string, version: number): Promise<number[]> {
  const { rows } = await tx.query<{ generation: number }>(
    `with used as (delete from projections where name = $1 and version = $2 returning generation),
          beside as (delete from projection_generations where name = $1 and version = $2 returning generation)
     select generation from used union select generation from beside`,
    [name, version],
  )
  return rows.map(({ generation }) => generation)
}
