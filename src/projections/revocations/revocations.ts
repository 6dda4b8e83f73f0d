import type { Pool } from 'pg'
import { isRevoking, revocationOf, revokingStreams, type Revocation } from '../../domain/revocation.js'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { OpenProjection } from '../engine/open-projection.js'
import { checkpointOf, perGeneration, type GenerationTables } from '../engine/per-generation.js'
import type { Projection } from '../engine/projection.js'

export type RevocationReader = Pick<EventReader, 'decode' | 'authentic'>

/** Revoked sessions, and for each user the generation up to which access tokens are revoked. */
export const createRevocationsProjection = (reader: EventReader): Projection => ({
  name: 'revocations',
  version: 1,
  neverSkips: 'sessions that were ended would go on',
  neverStops: 'nobody’s session could be checked',
  tables: ['revocations'],
  streamPrefixes: revokingStreams,
  idleMs: 1_000,
  schema: (table) => `
    create table ${table('revocations')} (
      id uuid primary key,
      user_id uuid not null,
      generation integer,
      is_over boolean not null,
      at timestamptz not null
    );
    create index on ${table('revocations')} (at)`,
  async apply(batch, tx, table) {
    for (const revocation of revocationsIn(reader, batch)) {
      const { userId, at } = revocation
      const [id, generation, isOver] =
        revocation.kind === 'session'
          ? [revocation.sessionId, null, true]
          : [userId, revocation.generation, revocation.isOver]
      await tx.query({
        name: `note ${table('revocations')}`,
        text: `insert into ${table('revocations')} (id, user_id, generation, is_over, at) values ($1, $2, $3, $4, $5)
               on conflict (id) do update set generation = $3, is_over = $4, at = $5`,
        values: [id, userId, generation, isOver, at],
      })
    }
  },
})

/** Without forged ones, as though they had not been appended: none may replace a revocation that refuses more. @throws NewerEventError */
export const revocationsIn = (reader: RevocationReader, events: readonly RecordedEvent[]): Revocation[] =>
  reader.authentic(events.filter(isRevoking)).flatMap((recorded) => {
    const { event, metadata } = reader.decode(recorded)
    return revocationOf(event, recorded.version, metadata.at) ?? []
  })

export interface RevocationQueries {
  /** Those recorded since then, in that order, and the position up to which they are complete. */
  load(since: Date): Promise<{ revocations: Revocation[]; checkpoint: Position }>
  /** Those of one session and its user, complete up to `head`; null where the read model is too far behind it. */
  lookUp(token: { userId: string; sessionId: string }, head: Position): Promise<Revocation[] | null>
}

interface Row {
  position: Position
  /** Null, and with it all that follows, where there is no revocation. */
  id: string | null
  user_id: string
  generation: number | null
  is_over: boolean
  at: Date
}

const GAP_PAGE = 1_000
const MAX_GAP_PAGES = 10

interface RevocationQueriesDeps {
  log: Pick<EventLog, 'readAll' | 'comparePositions'>
  reader: RevocationReader
}

export const createRevocationQueries = (
  pool: Pool,
  open: OpenProjection,
  deps: RevocationQueriesDeps,
): RevocationQueries => perGeneration(pool, open, (tables) => queriesOf(pool, tables, deps))

function queriesOf(
  pool: Pool,
  { table, checkpoint }: GenerationTables,
  { log, reader }: RevocationQueriesDeps,
): RevocationQueries {
  /** Rows and checkpoint in one statement, and so of one snapshot. */
  async function read(condition: string, value: unknown) {
    const { rows } = await pool.query<Row>({
      text: `select p.position, r.* from (${checkpoint}) p left join ${table('revocations')} r on ${condition} order by r.at`,
      values: [value],
    })
    return { revocations: rows.flatMap(toRevocation), checkpoint: checkpointOf(rows) }
  }

  return {
    load: (since) => read('r.at >= $1', since),
    async lookUp({ userId, sessionId }, head) {
      const { revocations, checkpoint: readAt } = await read('r.id = any($1::uuid[])', [userId, sessionId])
      let after = readAt
      for (let pages = 0; log.comparePositions(after, head) < 0; pages++) {
        if (pages === MAX_GAP_PAGES) return null
        const page = await log.readAll(after, GAP_PAGE)
        if (page.position === after) return null
        revocations.push(...revocationsIn(reader, page.events))
        after = page.position
      }
      return revocations
    },
  }
}

function toRevocation({ id, user_id: userId, generation, is_over: isOver, at: recordedAt }: Row): Revocation[] {
  if (id === null) return []
  const at = recordedAt.toISOString()
  return [
    generation === null
      ? { kind: 'session', userId, sessionId: id, at }
      : { kind: 'account', userId, generation, isOver, at },
  ]
}
