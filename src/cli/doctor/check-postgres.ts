import type { Pool } from 'pg'
import { checkClock } from './check-clock.js'
import { failed, type Finding, ok, warning } from './finding.js'

/** Tested on this one alone. */
const TESTED_MAJOR = 18

interface Settings {
  version: number
  encoding: string
  fsync: string
  full_page_writes: string
  synchronous_commit: string
  can_write: boolean
}

/** Version, encoding, durability and clock of the server of one database. */
export async function checkPostgres(check: string, pool: Pick<Pool, 'query'>): Promise<Finding[]> {
  const { rows } = await pool.query<Settings>(`
    select current_setting('server_version_num')::integer / 10000 as version, current_setting('server_encoding') as encoding,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      not pg_is_in_recovery() and not current_setting('default_transaction_read_only')::boolean as can_write`)
  const [settings] = rows
  if (settings === undefined) return [failed(check, 'Postgres did not answer')]
  return [...problemsOf(check, settings), await checkClock(check, () => timeOf(pool))]
}

function problemsOf(check: string, settings: Settings): Finding[] {
  const { version, encoding, fsync, full_page_writes: pages, synchronous_commit: commit } = settings
  const findings = [
    encoding !== 'UTF8' && failed(check, `its encoding is ${encoding}: make the database again with UTF8`),
    !settings.can_write && failed(check, 'it is read-only: let it take writes, or point to the primary'),
    (fsync === 'off' || pages === 'off') &&
      failed(
        check,
        'fsync or full_page_writes is off: what was acknowledged is lost when the machine fails; turn both on',
      ),
    commit === 'off' &&
      warning(
        check,
        'synchronous_commit is off: the last messages are lost when the machine fails; Parley needs it on',
      ),
    version !== TESTED_MAJOR && warning(check, `Postgres ${version}: Parley is tested on ${TESTED_MAJOR} alone`),
  ].filter((finding) => finding !== false)
  return findings.length > 0 ? findings : [ok(check, `Postgres ${version}, durable, takes writes`)]
}

async function timeOf(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now')
  return rows[0]?.now.getTime() ?? NaN
}
