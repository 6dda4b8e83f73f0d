import type { Pool } from 'pg'
import { anchorsBetween } from '../audit/anchors/anchor-table.js'
import { entryOf, FIRST_HASH, hashEntry } from '../audit/chain/chain-entry.js'
import { checkpointsAfter } from '../audit/checkpoints/checkpoint-table.js'
import { addLeaf, headOf, type Subtree } from '../audit/merkle/subtrees.js'
import { createPositionMap } from '../eventstore/copy/position-map.js'
import type { EventLog, Position, RecordedEvent } from '../eventstore/event-log.js'
import type { BackupEnd, BackupHeader, BackupLine, Row } from './backup-lines.js'
import type { RowCipher } from './row-cipher.js'
import { backupTables } from './tables.js'
import { toTuple } from './to-event.js'

export interface BackupSource {
  log: EventLog
  /** Positions of events that projections pass over, by projection. */
  skipped: ReadonlyMap<string, ReadonlySet<Position>>
  main: Pool
  cipher: RowCipher
}

export interface BackupProgress {
  /** The last event of the backup. */
  head: Position
  onProgress(events: number): void
}

const PAGE = 500
/** Not a position: a note of the adapter of EventStoreDB. */
const NO_FOLLOWER = 'eventstoredb-head'

/** Everything of a backup but the keys, up to the event at `head`, which is fixed before. Reads a page at a time. */
export async function* createBackup(
  header: BackupHeader,
  source: BackupSource,
  { head, onProgress }: BackupProgress,
): AsyncGenerator<BackupHeader | BackupLine | { end: BackupEnd }> {
  yield header
  const followers = await readFollowers(source.main)
  const isOfLog = ({ position }: { position: Position }): boolean => position.startsWith(`${source.log.id}.`)
  const known = followers.filter(isOfLog)
  const skipped = [...source.skipped].flatMap(([projection, found]) =>
    [...found].map((position) => ({ projection, position })).filter(isOfLog),
  )
  const ordinals = createPositionMap(
    source.log,
    { start: '0' },
    [...known, ...skipped].map(({ position }) => position),
  )
  const chain = createChain()
  for await (const page of pagesUpTo(source.log, head)) {
    const first = chain.events
    const lines = await linesBeside(source.main, first, first + page.length)
    for (const event of page) {
      chain.add(event)
      ordinals.onPair(event, { position: String(chain.events) })
      yield { event: toTuple(event) }
      yield* lines.get(chain.events) ?? []
    }
    onProgress(chain.events)
  }
  const found = ordinals.entries()
  for (const { name, position } of known) yield { follower: { name, ordinal: Number(found.get(position)) } }
  for (const { projection, position } of skipped)
    yield { skipped: { projection, ordinal: Number(found.get(position)) } }
  yield* readTables(source)
  yield { end: chain.end() }
}

async function readFollowers(main: Pool): Promise<{ name: string; position: Position }[]> {
  const text = 'select name, position from followers where name <> $1 order by name'
  return (await main.query<{ name: string; position: Position }>(text, [NO_FOLLOWER])).rows
}

async function* pagesUpTo(log: EventLog, head: Position): AsyncGenerator<RecordedEvent[]> {
  for (let after = log.start; ;) {
    const { events, position } = await log.readAll(after, PAGE)
    const wanted = events.filter((event) => log.comparePositions(event.position, head) <= 0)
    if (wanted.length > 0) yield wanted
    if (wanted.length < events.length || events.length === 0) return
    after = position
  }
}

/** Checkpoints and anchors, by ordinal. */
async function linesBeside(main: Pool, after: number, upTo: number): Promise<Map<number, BackupLine[]>> {
  const lines = new Map<number, BackupLine[]>()
  const add = (ordinal: number, line: BackupLine): void =>
    void lines.set(ordinal, [...(lines.get(ordinal) ?? []), line])
  for (const checkpoint of await checkpointsAfter(main, after, upTo - after))
    if (checkpoint.ordinal <= upTo) add(checkpoint.ordinal, { checkpoint })
  for (const anchor of await anchorsBetween(main, after, upTo)) add(anchor.ordinal, { anchor })
  return lines
}

/** The audit chain, computed along the way. */
function createChain() {
  const peaks: Subtree[] = []
  let [events, hash] = [0, FIRST_HASH]
  return {
    get events() {
      return events
    },
    add(event: RecordedEvent) {
      events++
      hash = hashEntry(hash, entryOf(event, events))
      addLeaf(peaks, { lastLeaf: events, level: 0, hash })
    },
    end: (): BackupEnd => ({ events, hash, treeHead: headOf(peaks) }),
  }
}

async function* readTables({ main, cipher }: BackupSource): AsyncGenerator<BackupLine> {
  for (const { table, isSealed } of backupTables)
    for await (const row of readTable(main, table))
      yield isSealed ? { table, sealed: cipher.seal(table, row) } : { table, row }
}

async function* readTable(main: Pool, table: string): AsyncGenerator<Row> {
  const client = await main.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query(`declare rows no scroll cursor for select row_to_json(t) as row from public.${table} t`)
    for (;;) {
      const { rows } = await client.query<{ row: Row }>(`fetch ${PAGE} from rows`)
      for (const { row } of rows) yield row
      if (rows.length < PAGE) return
    }
  } finally {
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
}
