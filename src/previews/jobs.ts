import type { Pool } from 'pg'
import type { Position } from '../eventstore/event-log.js'
import { createFollowerPosition } from '../followers/follower-position.js'

/** A message whose links are to be fetched. */
export interface Job {
  stream: string
  version: number
  /** Who sent the message. */
  userId: string
}

/** The jobs of all nodes: each message once, and by one node at a time. */
export interface Jobs {
  /** The follower's position; `otherwise` where it has none yet. */
  position(otherwise: Position): Promise<Position>
  /** Adds jobs, and records that everything up to `position` is examined. Adding one again changes nothing, for a day. */
  note(jobs: readonly Job[], position: Position): Promise<void>
  /**
   * At most `limit` jobs that are due, for this node alone until the lease ends: one of each user and none of `busyUsers`, first those of
   * users who had the fewest of late.
   */
  claim(limit: number, busyUsers?: readonly string[]): Promise<Job[]>
  done(job: Job): Promise<void>
  /**
   * Returns a job: one that `failed` is due again after a while, and once only; one whose host is `busy` after a shorter while, until it
   * is too old; one of a node that `stopped` at once.
   */
  putBack(job: Job, why: 'failed' | 'busy' | 'stopped'): Promise<void>
}

const NAME = 'link_previews'
const MAX_ATTEMPTS = 2
const LEASE = '2 minutes'
const KEPT = '1 day'
const RECENT = '10 minutes'

const putBackBecause = {
  failed: `due_at = now() + interval '30 seconds'`,
  busy: `attempts = attempts - 1, due_at = now() + interval '10 seconds', done = created_at < now() - interval '${RECENT}'`,
  stopped: 'attempts = attempts - 1, due_at = now()',
}
const IS_OPEN = `not done and attempts < ${MAX_ATTEMPTS}`

export function createJobs(pool: Pool): Jobs {
  const change = (set: string, { stream, version }: Job) =>
    pool.query(`update link_preview_jobs set ${set} where stream = $1 and version = $2`, [stream, version])

  return {
    position: (otherwise) => createFollowerPosition(pool, NAME).read(otherwise),

    async note(jobs, position) {
      await pool.query(
        `with noted as (
           insert into link_preview_jobs (stream, version, user_id)
           select * from unnest($1::text[], $2::integer[], $5::uuid[]) on conflict do nothing
         ), forgotten as (
           delete from link_preview_jobs where created_at < now() - interval '${KEPT}'
         )
         update followers set position = $4 where name = $3`,
        [
          jobs.map(({ stream }) => stream),
          jobs.map(({ version }) => version),
          NAME,
          position,
          jobs.map(({ userId }) => userId),
        ],
      )
    },

    async claim(limit, busyUsers = []) {
      const { rows } = await pool.query<Job>({
        name: 'claim-link-previews',
        text: `with due as (
                 select stream, version from link_preview_jobs j
                 where ${IS_OPEN} and due_at <= now() and user_id <> all($2::uuid[])
                   and not exists (
                     select from link_preview_jobs
                     where ${IS_OPEN} and due_at <= now() and user_id = j.user_id
                       and (due_at, stream, version) < (j.due_at, j.stream, j.version))
                 order by (select count(*) from link_preview_jobs
                           where user_id = j.user_id and attempts > 0 and created_at > now() - interval '${RECENT}'), due_at
                 limit $1 for update of j skip locked
               )
               update link_preview_jobs j set attempts = attempts + 1, due_at = now() + interval '${LEASE}'
               from due where j.stream = due.stream and j.version = due.version
               returning j.stream, j.version, j.user_id as "userId"`,
        values: [limit, busyUsers],
      })
      return rows
    },

    async done(job) {
      await change('done = true', job)
    },

    async putBack(job, why) {
      await change(putBackBecause[why], job)
    },
  }
}
