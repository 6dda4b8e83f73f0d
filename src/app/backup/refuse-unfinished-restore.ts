import type { Pool } from 'pg'
import { StartupError } from '../startup-error.js'

/** Nothing but the restore itself may use databases that are only partly restored: erased users could be readable. @throws StartupError */
export async function refuseUnfinishedRestore(main: Pool): Promise<void> {
  const { rows } = await main.query<{ id: string }>('select backup_id as id from restores where finished_at is null')
  const [unfinished] = rows
  if (unfinished === undefined) return
  throw new StartupError(
    `DATABASE_URL: the restore of backup ${unfinished.id} is not finished: run the same "parley restore" again, or begin with empty databases`,
  )
}
