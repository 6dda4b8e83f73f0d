import type { Pool } from 'pg'
import type { Position } from '../eventstore/event-log.js'
import { createFollowerPosition } from '../followers/follower-position.js'

/** A message whose links are to be looked at. */
export interface Job {
  stream: string
  version: number
}

/** What is to be looked at, shared by all nodes: each message once, and by one node at a time. */
export interface Jobs {
  /** Where the follower stands; `otherwise` where it never stood. */
  position(otherwise: Position): Promise<Position>
  /** Notes messages and that everything up to `position` is examined. Noting one again changes nothing, for a day. */
  note(jobs: readonly Job[], position: Position): Promise<void>
  /** At most `most` that are due, for this node alone until the lease ends. */
  claim(most: number): Promise<Job[]>
  done(job: Job): Promise<void>
  /** Given up by this node: due again, a failed attempt after a while and once only. */
  putBack(job: Job, why: 'failed' | 'stopped'): Promise<void>
}

const NAME = 'link_previews'
const MAX_ATTEMPTS = 2
const LEASE = '2 minutes'
const RETRY_AFTER = '30 seconds'
const KEPT = '1 day'

export function createJobs(pool: Pool): Jobs {
  const change = (set: string, { stream, version }: Job) =>
    pool.query(`update link_preview_jobs set ${set} where stream = $1 and version = $2`, [stream, version])

  return {
    position: (otherwise) => createFollowerPosition(pool, NAME).read(otherwise),

    async note(jobs, position) {
      await pool.query(
        `with noted as (
           insert into link_preview_jobs (stream, version)
           select * from unnest($1::text[], $2::integer[]) on conflict do nothing
         ), forgotten as (
           delete from link_preview_jobs where created_at < now() - interval '${KEPT}'
         )
         update followers set position = $4 where name = $3`,
        [jobs.map(({ stream }) => stream), jobs.map(({ version }) => version), NAME, position],
      )
    },

    async claim(most) {
      const { rows } = await pool.query<Job>({
        name: 'claim-link-previews',
        text: `with due as (
                 select stream, version from link_preview_jobs
                 where not done and attempts < ${MAX_ATTEMPTS} and due_at <= now()
                 order by due_at limit $1 for update skip locked
               )
               update link_preview_jobs j set attempts = attempts + 1, due_at = now() + interval '${LEASE}'
               from due where j.stream = due.stream and j.version = due.version
               returning j.stream, j.version`,
        values: [most],
      })
      return rows
    },

    async done(job) {
      await change('done = true', job)
    },

    async putBack(job, why) {
      const again =
        why === 'stopped' ? 'attempts = attempts - 1, due_at = now()' : `due_at = now() + interval '${RETRY_AFTER}'`
      await change(again, job)
    },
  }
}
