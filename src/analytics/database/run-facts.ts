import type { Pool } from 'pg'

/** What nodes and operators have recorded of projections besides their generations. */
export interface RunFacts {
  /** Names of those that some node runs now. */
  running: ReadonlySet<string>
  /** Names of those that an operator or analyst has stopped. */
  stopped: ReadonlySet<string>
  /** The version that each file had when a node last read it. */
  fileVersions: ReadonlyMap<string, number>
}

export async function readRunFacts(pool: Pool): Promise<RunFacts> {
  const { rows } = await pool.query<{ fact: 'running' | 'stopped' | 'file'; name: string; version: number | null }>(
    `select 'running' as fact, name, null::integer as version from analytics_build.leases where expires_at >= now()
     union all select 'stopped', name, null from analytics_build.stopped
     union all select 'file', name, version from analytics_build.files`,
  )
  const namesOf = (wanted: string) => new Set(rows.filter(({ fact }) => fact === wanted).map(({ name }) => name))
  const versions = rows.flatMap(({ name, version }) => (version === null ? [] : [[name, version] as const]))
  return { running: namesOf('running'), stopped: namesOf('stopped'), fileVersions: new Map(versions) }
}
