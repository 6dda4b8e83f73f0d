import type { Pool } from 'pg'
import { attempt } from '../../async/attempt.js'
import { createOutage, type FailureReport } from '../../async/outage.js'
import type { Position } from '../../eventstore/event-log.js'

/** The state of a stream at a version. Disposable: without a usable one, the stream is folded from its start. */
export interface Snapshot {
  stream: string
  /** Of the fold that made it: another one cannot read it. */
  evolveVersion: number
  version: number
  /** Of the event at that version, by which it is recognised. */
  position: Position
  lastAt: string
  /** JSON, with nothing personal in it: ids, roles, settings and numbers. */
  state: string
}

/** Snapshots only save time: where they cannot be loaded or saved, that is reported as `snapshots`, and no call rejects. */
export interface Snapshots {
  /** Null for none, or where it cannot be loaded. */
  load(stream: string): Promise<Snapshot | null>
  /** In place of the one there was. */
  save(snapshot: Snapshot): Promise<void>
}

export function createSnapshots(pool: Pool, report: FailureReport): Snapshots {
  const outage = createOutage('snapshots', report)
  return {
    load: (stream) => attempt(outage, () => select(pool, stream), null),
    save: (snapshot) => attempt(outage, () => upsert(pool, snapshot), undefined),
  }
}

async function select(pool: Pool, stream: string): Promise<Snapshot | null> {
  const { rows } = await pool.query<Snapshot>({
    name: 'load-snapshot',
    text: `select stream, evolve_version as "evolveVersion", version, position, last_at as "lastAt", state
           from snapshots where stream = $1`,
    values: [stream],
  })
  return rows[0] ?? null
}

async function upsert(pool: Pool, snapshot: Snapshot): Promise<void> {
  const { stream, evolveVersion, version, position, lastAt, state } = snapshot
  await pool.query({
    name: 'save-snapshot',
    text: `insert into snapshots (stream, evolve_version, version, position, last_at, state) values ($1, $2, $3, $4, $5, $6)
           on conflict (stream) do update set evolve_version = $2, version = $3, position = $4, last_at = $5, state = $6`,
    values: [stream, evolveVersion, version, position, lastAt, state],
  })
}
