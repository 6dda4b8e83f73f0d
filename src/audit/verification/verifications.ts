import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { FailureReport } from '../../async/outage.js'
import type { Verification, VerifyOptions } from './verify-chain.js'

export interface VerificationState {
  id: string
  status: 'running' | 'done' | 'cancelled' | 'failed'
  startedAt: string
  done: number
  total: number
  /** These are null until it is done. */
  ok: boolean | null
  head: Verification['head'] | null
  signedUpTo: number | null
  anchoredUpTo: number | null
  firstDivergence: Verification['firstDivergence']
}

/** Verifications that auditors begin; each runs on the node that it began on, and every node shows it. */
export interface Verifications extends AsyncDisposable {
  /** The id of the one that runs, where one does. */
  begin(): Promise<string>
  /** `latest` is the one that began last. Null for an unknown id, or where there was none yet. */
  find(id: string): Promise<VerificationState | null>
  /** False where it does not run. */
  cancel(id: string): Promise<boolean>
}

export interface VerificationsDeps {
  pool: Pool
  verify(options: VerifyOptions): Promise<Verification>
  report: FailureReport
}

const PROGRESS_MS = 500
/** One that has not reported progress for so long ended with its node. */
const IS_RUNNING = `status = 'running' and changed_at > now() - interval '1 minute'`

interface Row extends Omit<VerificationState, 'startedAt' | 'done' | 'total'> {
  startedAt: Date
  /** Bigints. */
  done: string
  total: string
}

export function createVerifications({ pool, verify, report }: VerificationsDeps): Verifications {
  const stop = new AbortController()
  const running = new Set<Promise<void>>()

  async function run(id: string): Promise<void> {
    const ended = new AbortController()
    const signal = AbortSignal.any([stop.signal, ended.signal])
    const latest = { done: 0, total: 0 }
    const timer = setInterval(() => {
      noteProgress(pool, id, latest).then(
        (isRunning) => isRunning || ended.abort(),
        () => undefined, // the next one may succeed
      )
    }, PROGRESS_MS)
    try {
      const found = await verify({ onProgress: (done, total) => Object.assign(latest, { done, total }), signal })
      await end(pool, id, signal.aborted ? 'cancelled' : 'done', found)
    } catch (error) {
      report.onFailure('audit-verification', error)
      await end(pool, id, 'failed', null).catch(() => undefined) // it counts as failed after a minute
    } finally {
      clearInterval(timer)
    }
  }

  return {
    async begin() {
      const id = randomUUID()
      const { rows } = await pool.query<{ id: string }>(
        `with known as (select id from audit_verifications where ${IS_RUNNING} limit 1),
              begun as (insert into audit_verifications (id) select $1 where not exists (select from known) returning id)
         select id from known union all select id from begun`,
        [id],
      )
      const begun = rows[0]?.id ?? id
      if (begun !== id) return begun
      const work = run(id).finally(() => running.delete(work))
      running.add(work)
      return id
    },
    async find(id) {
      const { rows } = await pool.query<Row>(
        `select id, case when status <> 'running' or ${IS_RUNNING} then status else 'failed' end as status, started_at as "startedAt",
           done, total, ok, head, signed_up_to::float8 as "signedUpTo", anchored_up_to::float8 as "anchoredUpTo", first_divergence as "firstDivergence"
         from audit_verifications where $1::uuid is null or id = $1 order by started_at desc limit 1`,
        [id === 'latest' ? null : id],
      )
      const [row] = rows
      if (row === undefined) return null
      const { startedAt, done, total } = row
      return { ...row, startedAt: startedAt.toISOString(), done: Number(done), total: Number(total) }
    },
    async cancel(id) {
      const text = `update audit_verifications set status = 'cancelled' where id = $1 and status = 'running'`
      return (await pool.query(text, [id])).rowCount === 1
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(running)
    },
  }
}

/** False where it was cancelled. */
async function noteProgress(
  pool: Pool,
  id: string,
  { done, total }: { done: number; total: number },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update audit_verifications set done = $2, total = $3, changed_at = now() where id = $1 and status = 'running'`,
    [id, done, total],
  )
  return rowCount === 1
}

async function end(pool: Pool, id: string, status: 'done' | 'cancelled' | 'failed', found: Verification | null) {
  await pool.query(
    `update audit_verifications set status = $2, changed_at = now(), done = coalesce($3, done), total = coalesce($4, total),
       ok = $5, head = $6, signed_up_to = $7, anchored_up_to = $8, first_divergence = $9
     where id = $1 and status = 'running'`,
    [
      id,
      status,
      found?.done,
      found?.total,
      found?.ok,
      found === null ? null : JSON.stringify(found.head),
      found?.signedUpTo,
      found?.anchoredUpTo,
      found?.firstDivergence ? JSON.stringify(found.firstDivergence) : null,
    ],
  )
}
