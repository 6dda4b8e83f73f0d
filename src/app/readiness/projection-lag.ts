import type { EventLog, Position } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'

export interface Lag {
  /** Events that the projection has not examined. */
  events: number
  /** Since the first of them was recorded. */
  seconds: number
}

export type LagOf = (follower: { progress: { readonly position: Position } }) => Promise<Lag>

export interface LagDeps {
  log: Pick<EventLog, 'head' | 'readAll' | 'countBetween'>
  reader: Pick<EventReader, 'decodeUnverified'>
  clock: () => Date
}

/** Seconds since the first event after a position was recorded: right from the start of a process on, also behind a restart. */
export const createLagSecondsAt =
  ({ log, reader, clock }: LagDeps) =>
  async (position: Position): Promise<number> => {
    const [next] = (await log.readAll(position, 1)).events
    if (next === undefined) return 0
    const recordedAt = Date.parse(reader.decodeUnverified(next).metadata.at)
    return Math.max(0, (clock().getTime() - recordedAt) / 1000)
  }

export function createLagOf(deps: LagDeps): LagOf {
  const lagSecondsAt = createLagSecondsAt(deps)
  return async ({ progress: { position } }) => {
    const events = deps.log.countBetween(position, await deps.log.head())
    return { events, seconds: events === 0 ? 0 : await lagSecondsAt(position) }
  }
}
