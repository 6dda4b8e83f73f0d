import { createTurnBarrier } from '../../async/turn-barrier.js'
import type { NewEvent } from '../event-log.js'
import { TEXT_SEPARATOR } from '../event-text.js'
import type { AppendCall, AppendRow } from './append-connection.js'

/** In bytes of data and metadata: a call holds at most this much, or one append that is larger by itself. */
const MAX_CALL_BYTES = 4 * 1024 * 1024

/** What became of one append; `position` is that of its last event. */
export type Verdict =
  { outcome: 'appended' | 'repeated'; version: number; position: number } | { outcome: 'conflict'; version: number }

/** One append on its way. */
export interface Append {
  stream: string
  expected: number
  events: readonly NewEvent[]
}

interface Waiting extends Append {
  bytes: number
  resolve: (verdict: Verdict) => void
  reject: (error: unknown) => void
}

/** An append that was answered. */
export interface Done {
  append: Append
  verdict: Verdict
}

export interface AppendQueue {
  /** Its events must have been checked by `checkAppend`. */
  append(append: Append): Promise<Verdict>
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>
}

export function callOf(appends: readonly Append[]): AppendCall {
  const counts = appends.map(({ stream, expected, events }) => ({ stream, expected, count: events.length }))
  const given = appends.flatMap(({ stream, expected, events }) =>
    events.map(({ id, type }, index) => ({ stream, version: expected + index + 1, id, type })),
  )
  const events = appends.flatMap((append) => append.events)
  const data = events.map((event) => event.data).join(TEXT_SEPARATOR)
  const metadata = events.map((event) => event.metadata).join(TEXT_SEPARATOR)
  return [JSON.stringify(counts), JSON.stringify(given), data, metadata]
}

/**
 * Gathers appends: what arrives while a call is under way goes together in the next, so that under load one lock, one round
 * trip and one fsync serve many. An append fails with its own call, never with an earlier one. `onDone` is called once for each call that
 * succeeded, after its appends are answered.
 */
export function createAppendQueue(
  send: (call: AppendCall) => Promise<AppendRow[]>,
  onDone: (done: readonly Done[]) => void,
): AppendQueue {
  const waiting: Waiting[] = []
  const turnBarrier = createTurnBarrier()
  let draining: Promise<void> | null = null

  async function drain(): Promise<void> {
    await turnBarrier() // what the same turn of the event loop brings goes together
    while (waiting.length > 0) await sendAll(waiting.splice(0, countForOneCall(waiting)))
    draining = null
  }

  async function sendAll(batch: Waiting[]): Promise<void> {
    try {
      const verdicts = verdictsOf(batch, await send(callOf(batch)))
      for (const [index, { resolve }] of batch.entries()) resolve(verdicts[index] as Verdict)
      onDone(batch.map((append, index) => ({ append, verdict: verdicts[index] as Verdict })))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    append: (append) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...append, bytes: bytesOf(append), resolve, reject })
        draining ??= drain()
      }),
    idle: async () => {
      await draining
    },
  }
}

const bytesOf = ({ events }: Append): number =>
  events.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata), 0)

/** The first row has the log's last position before; an append without a row of its own was appended after those before it. */
function verdictsOf(batch: readonly Append[], [before, ...rows]: readonly AppendRow[]): Verdict[] {
  const others = new Map(rows.map((row) => [row.stream, row]))
  let at = Number(before?.position)
  return batch.map(({ stream, expected, events }) => {
    const row = others.get(stream)
    if (row === undefined) {
      at += events.length
      return { outcome: 'appended', version: expected + events.length, position: at }
    }
    const version = Number(row.version)
    if (row.outcome === 'conflict') return { outcome: 'conflict', version }
    return { outcome: 'repeated', version, position: Number(row.position) }
  })
}

/** A stream's second append waits for the next call. */
function countForOneCall(waiting: readonly Waiting[]): number {
  const streams = new Set<string>()
  let bytes = 0
  const firstTooMany = waiting.findIndex((append) => {
    const isSecond = streams.size === streams.add(append.stream).size
    return isSecond || (bytes += append.bytes) > MAX_CALL_BYTES
  })
  return firstTooMany === -1 ? waiting.length : Math.max(1, firstTooMany)
}
