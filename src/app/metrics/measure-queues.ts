import type { Pool } from 'pg'
import type { Metrics } from '../metrics.js'
import { measure, shared } from './measure.js'

/** More than so many are counted as so many, so that a scrape stays cheap. */
const MAX_COUNTED = 10_000

const QUEUES = {
  erasures: 'select due_at from erasures where due_at <= now()',
  retention: 'select due_at from chat_retentions where due_at <= $1::timestamptz',
  'webhook-deliveries': 'select due_at from webhook_deliveries where active and version < head and due_at <= now()',
  'link-previews': 'select due_at from link_preview_jobs where not done and due_at <= now()',
}

const TEXT = Object.entries(QUEUES)
  .map(
    ([queue, due]) =>
      `select '${queue}' as queue, count(*)::int as jobs,
         coalesce(extract(epoch from ${queue === 'retention' ? '$1::timestamptz' : 'now()'} - min(due_at)), 0)::float8 as seconds
       from (${due} order by due_at limit ${MAX_COUNTED}) due`,
  )
  .join(' union all ')

interface Row {
  queue: string
  jobs: number
  seconds: number
}

/** What waits in the queues that all nodes share. Months of chats expire by the clock of the application. */
export function measureQueues({ measured }: Metrics, pool: Pick<Pool, 'query'>, clock: () => Date): void {
  const ask = shared(async () => (await pool.query<Row>(TEXT, [clock()])).rows)
  measure(measured.jobsDue, async () => (await ask()).map(({ queue, jobs }) => ({ labels: { queue }, value: jobs })))
  measure(measured.jobsOverdueSeconds, async () =>
    (await ask()).map(({ queue, seconds }) => ({ labels: { queue }, value: seconds })),
  )
}
