import type { Pool } from 'pg'

const INTERVAL_MS = 10_000
const BYTES = 64 * 1024

/** SQL state: the user may not make temporary tables, which tells nothing about the disk. */
const NO_RIGHTS = '42501'

/**
 * Whether the main database can still write: a full disk shows only by a write. The table is dropped with its transaction. At most
 * once in 10 s, however often it is asked.
 */
export function createDiskProbe(pool: Pool, clock: () => number = () => performance.now()): () => Promise<void> {
  let last: { at: number; outcome: Promise<void> } | undefined
  return () => {
    const now = clock()
    if (last === undefined || now - last.at >= INTERVAL_MS) last = { at: now, outcome: write(pool) }
    return last.outcome
  }
}

async function write(pool: Pool): Promise<void> {
  try {
    await pool.query(`do $$ begin
      create temporary table parley_disk_probe (filler text) on commit drop;
      alter table parley_disk_probe alter column filler set storage plain;
      insert into parley_disk_probe select repeat('x', 4096) from generate_series(1, ${BYTES / 4096});
    end $$`)
  } catch (error) {
    if ((error as { code?: string }).code !== NO_RIGHTS) throw error
  }
}
