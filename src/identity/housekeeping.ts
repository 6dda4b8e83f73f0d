import type { Pool } from 'pg'
import { errorCode } from './error-code.js'
import { MAX_SESSION_MS, MAX_UNUSED_MS } from './sessions/judge-refresh.js'
import { ago, isLive, liveValues } from './sessions/session-end.js'

/** A session's row outlives it by the longest that an access token can live, so that whoever holds one is still known to be out. */
const KEPT_MS = 86_400_000

/**
 * Deletes what can be of no more use: sessions a day after their end, used refresh tokens that would be over by now, links and invites
 * past their time.
 */
export async function deleteExpired(pool: Pool, now: Date): Promise<void> {
  await pool.query(`update sessions set ip = null, user_agent = null where ip is not null and not (${isLive(1)})`, [
    ...liveValues(now),
  ])
  await pool.query(
    `delete from sessions where opened_in_log and (revoked_at is null or revoked_in_log)
       and (revoked_at < $1 or created_at < $2 or last_used_at < $3)`,
    [ago(now, KEPT_MS), ago(now, MAX_SESSION_MS + KEPT_MS), ago(now, MAX_UNUSED_MS + KEPT_MS)],
  )
  await pool.query('delete from refresh_tokens where used_at is not null and created_at < $1', [
    ago(now, MAX_UNUSED_MS),
  ])
  await pool.query('delete from mailed_tokens where expires_at < $1', [now])
  await pool.query('delete from invites where expires_at < $1', [now])
  await pool.query('delete from bot_tokens where expires_at < $1', [ago(now, KEPT_MS)])
}

export interface HousekeepingDeps {
  pool: Pool
  clock: () => Date
  /** Each gives whom it failed for. */
  completions: readonly (() => Promise<readonly { userId: string; error: unknown }[]>)[]
  log: { warn(message: string, about: object): unknown }
  everyMs?: number
}

/**
 * At start-up and every minute: completes what a crash left half done, here or on another node, and deletes what is over. A failure is
 * logged and tried again; it keeps nobody from starting.
 */
export async function startHousekeeping(deps: HousekeepingDeps): Promise<AsyncDisposable> {
  const { pool, clock, completions, log, everyMs = 60_000 } = deps
  const fail = (error: unknown, userId?: string): void => {
    log.warn('sessions and log do not agree yet', { userId, cause: errorCode(error) })
  }

  async function run(): Promise<void> {
    try {
      for (const complete of completions) for (const { userId, error } of await complete()) fail(error, userId)
      await deleteExpired(pool, clock())
    } catch (error) {
      fail(error)
    }
  }

  let running = run()
  await running
  const timer = setInterval(() => {
    running = running.then(run)
  }, everyMs)
  timer.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
