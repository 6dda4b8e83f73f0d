import type { Pool } from 'pg'
import { BackupError } from '../../backup/backup-error.js'
import type { Databases } from '../databases.js'
import { readInstallation } from '../installation/read-installation.js'
import type { CheckedRestore } from './restore-request.js'

/** Marks the databases, so that nothing else starts on them; goes on with the same restore. @throws BackupError they are in use */
export async function beginRestore({ main, keys }: Databases, { backup, events }: CheckedRestore): Promise<void> {
  const { backupId, installation } = backup.header
  const { rows } = await main.query<{ id: string; events: number; isFinished: boolean }>(
    'select backup_id as id, events, finished_at is not null as "isFinished" from restores',
  )
  const [known] = rows
  if (known?.id === backupId && known.events === events && !known.isFinished) return
  if (known?.isFinished === true)
    throw new BackupError('The databases are not empty: a backup was restored into them. Name empty ones')
  if (known !== undefined)
    throw new BackupError(
      `Another restore into these databases is not finished (backup ${known.id}, up to event ${known.events}): finish it, or name empty ones`,
    )
  for (const [variable, pool, table] of [
    ['DATABASE_URL', main, 'events'],
    ['DATABASE_URL', main, 'credentials'],
    ['KEYS_DATABASE_URL', keys, 'data_keys'],
  ] as const)
    if (await hasRows(pool, table))
      throw new BackupError(
        `${variable}: the database is not empty (${table}): name a new one, or another PARLEY_DATA_DIR`,
      )
  if ((await readInstallation(main)) !== installation)
    throw new BackupError('DATABASE_URL: the database belongs to another installation: name a new one')
  await main.query('insert into restores (backup_id, events) values ($1, $2)', [backupId, events])
}

async function hasRows(pool: Pool, table: string): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(`select exists (select from ${table}) as found`)
  return rows[0]?.found === true
}
