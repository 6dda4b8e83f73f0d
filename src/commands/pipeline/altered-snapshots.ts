import { isDeepStrictEqual } from 'node:util'
import type { Pool } from 'pg'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import type { Snapshot } from './snapshots.js'
import type { DecodeEvent } from './stream-deps.js'
import { kindOf, type StreamKinds } from './stream-kind.js'

export interface AlteredSnapshot {
  stream: string
  version: number
}

export interface AlteredSnapshotsDeps {
  pool: Pool
  log: Pick<EventLog, 'readStream'>
  decode: DecodeEvent
  kinds: StreamKinds
  signal: AbortSignal
}

const SNAPSHOTS = 100
const EVENTS = 1_000

/** Folds the stream of each snapshot from its start, and gives those that would be used and differ. */
export async function findAlteredSnapshots(deps: AlteredSnapshotsDeps): Promise<AlteredSnapshot[]> {
  const altered: AlteredSnapshot[] = []
  let page = await snapshotsAfter(deps.pool, '')
  while (page.length > 0 && !deps.signal.aborted) {
    for (const snapshot of page) {
      const { stream, version } = snapshot
      if (await isAltered(snapshot, deps)) altered.push({ stream, version })
    }
    page = await snapshotsAfter(deps.pool, page.at(-1)?.stream ?? '')
  }
  return altered
}

async function snapshotsAfter(pool: Pool, stream: string): Promise<Snapshot[]> {
  const { rows } = await pool.query<Snapshot>(
    `select stream, evolve_version as "evolveVersion", version, position, last_at as "lastAt", state
     from snapshots where stream > $1 order by stream limit $2`,
    [stream, SNAPSHOTS],
  )
  return rows
}

async function isAltered(snapshot: Snapshot, { log, decode, kinds }: AlteredSnapshotsDeps): Promise<boolean> {
  const { decider, snapshot: rules } = kindOf(kinds, snapshot.stream)
  if (snapshot.evolveVersion !== rules.evolveVersion) return false // nobody uses it
  let state: unknown = decider.initial
  let last: { position: Position; at: string } | undefined
  for await (const recorded of eventsUpTo(log, snapshot)) {
    const read = attemptDecode(decode, recorded)
    if (read === null) return false // the event is what is wrong, or newer than this release
    const { event, metadata } = read
    state = decider.evolve(state, event)
    last = { position: recorded.position, at: metadata.at }
  }
  if (last?.position !== snapshot.position) return false // of a log that was replaced by an earlier copy: nobody uses it
  return (
    last.at !== snapshot.lastAt ||
    !isDeepStrictEqual(parsed(snapshot.state), parsed(JSON.stringify(rules.toJson(state))))
  )
}

async function* eventsUpTo(
  log: Pick<EventLog, 'readStream'>,
  { stream, version }: Snapshot,
): AsyncGenerator<RecordedEvent> {
  for (let after = 0; after < version;) {
    const page = await log.readStream(stream, { after, limit: Math.min(EVENTS, version - after) })
    if (page.length === 0) return
    yield* page
    after += page.length
  }
}

function attemptDecode(decode: DecodeEvent, recorded: RecordedEvent): ReturnType<DecodeEvent> | null {
  try {
    return decode(recorded)
  } catch {
    return null
  }
}

/** Undefined for what is no JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
