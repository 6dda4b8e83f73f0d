import type { NewEvent } from '../event-log.js'
import type { AppendCall, AppendRow } from './append-connection.js'

/** In bytes of JSON: a call holds at most this much, or one append that is larger by itself. */
const MAX_CALL_BYTES = 4 * 1024 * 1024

/** What became of one append; `position` is that of its last event. */
export type Verdict =
  { outcome: 'appended' | 'repeated'; version: number; position: number } | { outcome: 'conflict'; version: number }

/** One append on its way, as JSON. */
export interface Append {
  stream: string
  expected: number
  count: number
  /** The elements of its list of events. */
  json: string
}

interface Waiting extends Append {
  bytes: number
  resolve: (verdict: Verdict) => void
  reject: (error: unknown) => void
}

export interface AppendQueue {
  append(append: Append): Promise<Verdict>
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>
}

export function toAppend(stream: string, expected: number, events: readonly NewEvent[]): Append {
  const json = events.map(({ id, type, data, metadata }, index) =>
    JSON.stringify({ stream, version: expected + index + 1, id, type, data, metadata }),
  )
  return { stream, expected, count: events.length, json: json.join(',') }
}

export const callOf = (appends: readonly Append[]): AppendCall => ({
  appends: JSON.stringify(appends.map(({ stream, expected, count }) => ({ stream, expected, count }))),
  events: `[${appends.map(({ json }) => json).join(',')}]`,
})

/**
 * Gathers appends: what arrives while a call is under way goes together in the next, so that under load one lock, one round
 * trip and one fsync serve many. An append fails with its own call, never with an earlier one.
 */
export function createAppendQueue(send: (call: AppendCall) => Promise<AppendRow[]>): AppendQueue {
  const waiting: Waiting[] = []
  let draining: Promise<void> | null = null

  async function drain(): Promise<void> {
    while (waiting.length > 0) await sendAll(waiting.splice(0, countForOneCall(waiting)))
    draining = null
  }

  async function sendAll(batch: Waiting[]): Promise<void> {
    try {
      const verdicts = verdictsOf(batch, await send(callOf(batch)))
      for (const [index, { resolve }] of batch.entries()) resolve(verdicts[index] as Verdict)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    append: (append) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...append, bytes: Buffer.byteLength(append.json), resolve, reject })
        draining ??= drain()
      }),
    idle: async () => {
      await draining
    },
  }
}

/** The first row has the log's last position before; an append without a row of its own was appended after those before it. */
function verdictsOf(batch: readonly Append[], [before, ...rows]: readonly AppendRow[]): Verdict[] {
  const others = new Map(rows.map((row) => [row.stream, row]))
  let at = Number(before?.position)
  return batch.map(({ stream, expected, count }) => {
    const row = others.get(stream)
    if (row === undefined) {
      at += count
      return { outcome: 'appended', version: expected + count, position: at }
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
