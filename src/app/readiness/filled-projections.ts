import type { Pool } from 'pg'

interface ProjectionKey {
  name: string
  version: number
}

/**
 * Which projections were near the head of the log once, on whichever node. Kept in the database: a projection that falls behind later, and stays
 * behind while all nodes are restarted, must not keep all of them from serving.
 */
export interface FilledProjections {
  has(projection: ProjectionKey): Promise<boolean>
  add(projection: ProjectionKey): Promise<void>
}

/** Asks only for what this process does not know yet. Where the database does not answer, a projection counts as not filled. */
export function createFilledProjections(pool: Pick<Pool, 'query'>): FilledProjections {
  const known = new Set<string>()
  return {
    async has({ name, version }) {
      if (known.has(name)) return true
      const text = 'select from projections where name = $1 and version = $2 and filled'
      const { rowCount } = await pool.query(text, [name, version])
      if (rowCount === 1) known.add(name)
      return rowCount === 1
    },
    async add({ name, version }) {
      if (known.has(name)) return
      await pool.query('update projections set filled = true where name = $1 and version = $2', [name, version])
      known.add(name)
    },
  }
}
