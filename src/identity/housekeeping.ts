import type { Pool } from 'pg'
import { errorCode } from './error-code.js'
import { MAX_SESSION_MS, MAX_UNUSED_MS } from './sessions/judge-refresh.js'
import { ago, isUsable, usableValues } from './sessions/session-end.js'

/** Rows of ended sessions are kept for the longest lifetime of an access token, so that such a token can still be refused. */
const KEEP_ENDED_MS = 86_400_000

/**
 * Deletes sessions a day after their end, used refresh tokens that would have expired by now, and expired links, invites and bot
 * tokens. Client info of ended sessions is cleared at once.
 */
export async function deleteExpired(pool: Pool, now: Date): Promise<void> {
  await pool.query(`update sessions set ip = null, user_agent = null where ip is not null and not (${isUsable(1)})`, [
    ...usableValues(now),
  ])
  await pool.query(
    `delete from sessions where opened_in_log and (revoked_at is null or revoked_in_log)
       and (revoked_at < $1 or created_at < $2 or last_used_at < $3)`,
    [ago(now, KEEP_ENDED_MS), ago(now, MAX_SESSION_MS + KEEP_ENDED_MS), ago(now, MAX_UNUSED_MS + KEEP_ENDED_MS)],
  )
  await pool.query('delete from refresh_tokens where used_at is not null and created_at < $1', [
    ago(now, MAX_UNUSED_MS),
  ])
  await pool.query('delete from mailed_tokens where expires_at < $1', [now])
  await pool.query('delete from invites where expires_at < $1', [now])
  await pool.query('delete from bot_tokens where expires_at < $1', [ago(now, KEEP_ENDED_MS)])
}

export interface HousekeepingDeps {
  pool: Pool
  clock: () => Date
  /** Each returns the users for whom it failed. */
  completions: readonly (() => Promise<readonly { userId: string; error: unknown }[]>)[]
  log: { warn(message: string, about: object): unknown }
  everyMs?: number
}

/**
 * At start-up and every minute: completes what a crash interrupted, here or on another node, and deletes what has expired. A failure is
 * logged and retried; it does not keep the node from starting.
 */
export async function startHousekeeping(deps: HousekeepingDeps): Promise<AsyncDisposable> {
  const { pool, clock, completions, log, everyMs = 60_000 } = deps
  const fail = (error: unknown, userId?: string): void => {
    log.warn('account housekeeping failed; it will be retried', { userId, cause: errorCode(error) })
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
