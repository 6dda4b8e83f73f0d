import type { Pool } from 'pg'

/** The id of the installation that the database belongs to; empty where it belongs to none yet. */
export async function readInstallation(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('select id from installation')
  return rows[0]?.id ?? ''
}
