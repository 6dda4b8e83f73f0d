import { randomUUID } from 'node:crypto'
import { type AppendDecision, decideAppend, type ExpectedRevision } from './decide-append.js'
import {
  type EventStream,
  isDeleted,
  lastRevision,
  metastreamPrefix,
  newEventStream,
  parseStreamMetadata,
} from './event-stream.js'
import type { LogFile } from './log-file.js'
import { bytesOf, type LogRecord, type ProposedEvent } from './log-record.js'

export type WriteOutcome =
  { kind: 'written'; revision: number; position: number } | Extract<AppendDecision, { kind: 'conflict' | 'deleted' }>

/** The log with its streams, in memory; with a file it is there again after a restart. Appends are atomic, as all is synchronous. */
export interface EventStore {
  /** In the order of the log. */
  readonly records: readonly LogRecord[]
  /** Where the next record will begin. */
  readonly end: number
  stream(name: string): EventStream | undefined
  append(stream: string, expected: ExpectedRevision, events: readonly ProposedEvent[]): WriteOutcome
  softDelete(stream: string, expected: ExpectedRevision): WriteOutcome
  tombstone(stream: string, expected: ExpectedRevision): WriteOutcome
  /** The index of the first record at this position or after it. */
  indexFrom(position: number): number
  /** Calls back whenever the log has grown, until the returned function is called. */
  onGrowth(listener: () => void): () => void
  close(): void
}

type NewRecord = Omit<LogRecord, 'position' | 'end' | 'created'>

/** A server says something of its own about this often, in events of others. */
const ownEventEvery = 64
const nothing = new Uint8Array()

export function createEventStore(file?: LogFile): EventStore {
  const records: LogRecord[] = []
  const streams = new Map<string, EventStream>()
  /** What this process has appended: id to stream and revision. */
  const known = new Map<string, { stream: string; revision: number }>()
  const listeners = new Set<() => void>()
  let end = 0
  let untilOwnEvent = ownEventEvery

  function streamFor(name: string): EventStream {
    const found = streams.get(name)
    if (found !== undefined) return found
    const made = newEventStream(name)
    streams.set(name, made)
    return made
  }

  function keep(record: LogRecord): void {
    records.push(record)
    end = record.end
    if (record.kind === 'bare') return
    const stream = streamFor(record.stream)
    if (record.kind === 'tombstone') {
      stream.tombstone = record
      streamFor(metastreamPrefix + record.stream).tombstone = record
      return
    }
    stream.events.push(record)
    if (record.stream.startsWith(metastreamPrefix)) {
      streamFor(record.stream.slice(metastreamPrefix.length)).metadata = parseStreamMetadata(record.data)
    }
  }

  /** Stores these together, and gives the last of them. */
  function write(newRecords: readonly NewRecord[]): LogRecord {
    const created = Date.now()
    let position = end
    const placed = newRecords.map((record): LogRecord => {
      const unplaced = { ...record, created }
      const start = position
      position += bytesOf(unplaced)
      return { ...unplaced, position: start, end: position }
    })
    file?.write(placed)
    for (const record of placed) keep(record)
    for (const listener of [...listeners]) listener()
    return placed.at(-1)!
  }

  const nextRevision = (stream: string): number => lastRevision(streams.get(stream)) + 1

  function writeOwn(stream: string, type: string, body: Record<string, unknown>): LogRecord {
    const data = Buffer.from(JSON.stringify(body))
    const revision = nextRevision(stream)
    return write([{ kind: 'event', stream, revision, id: randomUUID(), type, isJson: true, data, metadata: nothing }])
  }

  const writeBare = (stream: string): LogRecord =>
    write([
      {
        kind: 'bare',
        stream,
        revision: -1,
        id: randomUUID(),
        type: '',
        isJson: false,
        data: nothing,
        metadata: nothing,
      },
    ])

  function sayOwn(count: number): void {
    untilOwnEvent -= count
    if (untilOwnEvent > 0) return
    untilOwnEvent = ownEventEvery
    writeOwn('$stats-127.0.0.1:2113', '$statsCollected', { 'proc-mem': process.memoryUsage.rss(), 'es-end': end })
  }

  const decide = (name: string, expected: ExpectedRevision, ids: readonly string[]): AppendDecision =>
    decideAppend(streams.get(name), expected, ids, (id) => {
      const seen = known.get(id)
      return seen?.stream === name ? seen.revision : undefined
    })

  /** A deleted stream that is appended to goes on after its last revision, and hides what was before. */
  function undelete(stream: string, from: number): void {
    writeOwn(metastreamPrefix + stream, '$metadata', { ...streams.get(stream)?.metadata.raw, $tb: from })
  }

  const written = (record: LogRecord | undefined, revision: number): WriteOutcome => ({
    kind: 'written',
    revision,
    position: record?.position ?? -1,
  })

  function readFile(logFile: LogFile): void {
    for (const append of logFile.kept) for (const record of append) keep(record)
  }

  /** What a server writes before anybody appends. */
  function writeFirst(): void {
    writeOwn('$$$settings', '$metadata', { $maxCount: 1 })
    writeOwn('$settings', '$settings', { $userStreamAcl: { $r: '$all', $w: '$all' } })
    writeOwn('$user-admin', '$UserCreated', { loginName: 'admin', groups: ['$admins'] })
    writeOwn('$users', '$User', { loginName: 'admin' })
    writeOwn('$$$stats-127.0.0.1:2113', '$metadata', { $maxAge: 86_400 })
  }

  if (file !== undefined) readFile(file)
  const isNew = records.length === 0
  // each start of a server begins an epoch
  writeBare('$epoch-information')
  if (isNew) writeFirst()

  return {
    records,
    get end() {
      return end
    },
    stream: (name) => streams.get(name),
    append(stream, expected, events) {
      const decision = decide(
        stream,
        expected,
        events.map(({ id }) => id),
      )
      if (decision.kind === 'repeat') return written(streams.get(stream)?.events[decision.last], decision.last)
      if (decision.kind !== 'store') return decision
      const first = nextRevision(stream)
      if (events.length === 0) return written(writeBare(stream), first - 1)
      const last = write(events.map((event, i) => ({ ...event, kind: 'event', stream, revision: first + i })))
      for (const [i, { id }] of events.entries()) known.set(id, { stream, revision: first + i })
      if (decision.undelete) undelete(stream, first)
      sayOwn(events.length)
      return written(last, last.revision)
    },
    softDelete(name, expected) {
      const decision = decide(name, expected, [randomUUID()])
      if (decision.kind === 'conflict' || decision.kind === 'deleted') return decision
      const stream = streams.get(name)
      if (stream === undefined || (stream.events.length === 0 && !isDeleted(stream))) {
        return { kind: 'conflict', current: -1 }
      }
      // written by hand: JSON.stringify would round .NET's greatest long
      const data = Buffer.from('{"$tb":9223372036854775807}')
      const metastream = metastreamPrefix + name
      const revision = nextRevision(metastream)
      const record = write([
        {
          kind: 'event',
          stream: metastream,
          revision,
          id: randomUUID(),
          type: '$metadata',
          isJson: true,
          data,
          metadata: nothing,
        },
      ])
      return written(record, lastRevision(stream))
    },
    tombstone(stream, expected) {
      const decision = decide(stream, expected, [randomUUID()])
      if (decision.kind === 'conflict' || decision.kind === 'deleted') return decision
      const id = randomUUID()
      const what = { id, type: '$streamDeleted', isJson: false, data: nothing, metadata: nothing }
      const record = write([{ ...what, kind: 'tombstone', stream, revision: Number.MAX_SAFE_INTEGER }])
      return written(record, record.revision)
    },
    indexFrom(position) {
      let [low, high] = [0, records.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        if (records[middle]!.position < position) low = middle + 1
        else high = middle
      }
      return low
    },
    onGrowth(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => file?.close(),
  }
}
