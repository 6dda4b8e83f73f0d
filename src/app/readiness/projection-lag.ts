import type { EventLog } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { Runner } from '../../projections/engine/runner.js'

export interface Lag {
  /** Events that the projection has not examined. */
  events: number
  /** Since the first of them was recorded. */
  seconds: number
}

export type LagOf = (runner: Pick<Runner, 'progress'>) => Promise<Lag>

export interface LagDeps {
  log: Pick<EventLog, 'head' | 'readAll' | 'countBetween'>
  reader: Pick<EventReader, 'decode'>
  clock: () => Date
}

/** By the recorded time of the first event that was not examined: right from the start of a process on, also behind a restart. */
export const createLagOf =
  ({ log, reader, clock }: LagDeps): LagOf =>
  async ({ progress }) => {
    const { position } = progress
    const events = log.countBetween(position, await log.head())
    if (events === 0) return { events, seconds: 0 }
    const [next] = (await log.readAll(position, 1)).events
    if (next === undefined) return { events: 0, seconds: 0 }
    const recordedAt = Date.parse(reader.decode(next).metadata.at)
    return { events, seconds: Math.max(0, (clock().getTime() - recordedAt) / 1000) }
  }
