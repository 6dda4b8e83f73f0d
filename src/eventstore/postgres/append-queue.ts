import type { NewEvent } from '../event-log.js'
import type { Verdict } from './append-connection.js'

/** In bytes of JSON: a call holds at most this much, or one append that is larger by itself. */
const MAX_CALL_BYTES = 4 * 1024 * 1024

interface Waiting {
  json: string
  bytes: number
  resolve: (verdict: Verdict) => void
  reject: (error: unknown) => void
}

export interface AppendQueue {
  append(json: string): Promise<Verdict>
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>
}

/** One append as `append_events` takes it in its batch. */
export const toJson = (stream: string, expected: number, events: readonly NewEvent[]): string =>
  JSON.stringify({ stream, expected, events })

/**
 * Gathers appends: what arrives while a call is under way goes together in the next, so that under load one lock, one round
 * trip and one fsync serve many. An append fails with its own call, never with an earlier one.
 */
export function createAppendQueue(send: (batch: string) => Promise<Verdict[]>): AppendQueue {
  const waiting: Waiting[] = []
  let draining: Promise<void> | null = null

  async function drain(): Promise<void> {
    while (waiting.length > 0) await sendAll(waiting.splice(0, countForOneCall(waiting)))
    draining = null
  }

  async function sendAll(batch: Waiting[]): Promise<void> {
    try {
      const verdicts = await send(`[${batch.map(({ json }) => json).join(',')}]`)
      for (const [index, { resolve }] of batch.entries()) resolve(verdicts[index] as Verdict)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    append: (json) =>
      new Promise((resolve, reject) => {
        waiting.push({ json, bytes: Buffer.byteLength(json), resolve, reject })
        draining ??= drain()
      }),
    idle: async () => {
      await draining
    },
  }
}

function countForOneCall(waiting: readonly Waiting[]): number {
  let bytes = 0
  const firstTooMany = waiting.findIndex((append) => (bytes += append.bytes) > MAX_CALL_BYTES)
  return firstTooMany === -1 ? waiting.length : Math.max(1, firstTooMany)
}
